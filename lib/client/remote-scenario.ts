import type { ScenarioView } from '../control/scenario-view.js';
import type { ScenarioInput } from '../faults/scenario.js';
import type { Control } from './control.js';
import { ControlError } from './control-error.js';
import { unlessGone } from './remote-faults.js';

/** Default lease, so that the faults of a scenario do not outlive the process that started it. */
const LEASE = '10s';

/** A scenario on a proxy in another process. It runs while this process lives and renews its lease. */
export class RemoteScenario {
  readonly id: string;
  /** The scenario as it was when it began. */
  readonly begun: ScenarioView;
  /**
   * Resolves when the scenario has ended by itself or by `stop`. Rejects if the control API cannot be reached for a
   * whole lease.
   */
  readonly over: Promise<void>;
  /** Whether it has ended, as far as this process knows. */
  isOver = false;
  private readonly control: Control;
  /** ms */
  private readonly lease: number;
  private readonly timer: ReturnType<typeof setInterval>;
  private renewedAt = performance.now();
  private end!: (error?: unknown) => void;

  private constructor(begun: ScenarioView, control: Control) {
    this.id = begun.id;
    this.begun = begun;
    this.control = control;
    this.lease = begun.lease as number;
    this.over = new Promise((resolve, reject) => {
      this.end = (error) => {
        this.isOver = true;
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    // Callers may ignore this promise.
    this.over.catch(() => {});
    this.timer = setInterval(() => void this.renew(), this.lease / 3);
    this.timer.unref();
  }

  /**
   * Starts a scenario. Its first faults are active when the promise resolves.
   *
   * @param options `proxy`: the proxy of steps that name none; `name`: shown in the list of scenarios
   * @throws ControlError
   */
  static async begin(
    input: ScenarioInput,
    control: Control,
    { proxy, name }: { readonly proxy?: string | undefined; readonly name?: string } = {},
  ): Promise<RemoteScenario> {
    const steps = input.steps.map((step) => ({ ...step, proxy: ('proxy' in step ? step.proxy : null) ?? proxy }));
    const query = name === undefined ? '' : `?name=${encodeURIComponent(name)}`;
    const view = await control.ask<ScenarioView>('POST', `/scenarios${query}`, {
      ...input,
      steps,
      lease: input.lease ?? LEASE,
    });
    return new RemoteScenario(view, control);
  }

  /** Returns the ids of its faults that exist now. @throws ControlError 404 if the scenario has ended */
  async faults(): Promise<readonly string[]> {
    return (await this.renewed()).faults;
  }

  /** Returns the scenario and its progress, and renews its lease. @throws ControlError 404 if the scenario has ended */
  view(): Promise<ScenarioView> {
    return this.renewed();
  }

  /** Ends the scenario. Its faults are removed when the promise resolves. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await unlessGone(this.control.ask('DELETE', `/scenarios/${this.id}`));
    this.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async renewed(): Promise<ScenarioView> {
    const view = await this.control.ask<ScenarioView>('POST', `/scenarios/${this.id}/renew`);
    this.renewedAt = performance.now();
    return view;
  }

  private async renew(): Promise<void> {
    try {
      await this.renewed();
    } catch (error) {
      const isOver = error instanceof ControlError && error.status === 404;
      // A single request may fail. After a whole lease without a renewal, the scenario has ended.
      if (!isOver && performance.now() - this.renewedAt < this.lease) return;
      clearInterval(this.timer);
      this.end(isOver ? undefined : error);
    }
  }
}
