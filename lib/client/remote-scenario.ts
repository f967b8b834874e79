import type { ScenarioInput } from '../faults/scenario.js';
import type { Control } from './control.js';
import { ControlError } from './control-error.js';
import { unlessGone } from './remote-faults.js';

/** A scenario without a lease gets this one: its faults must not outlive whoever began it. */
const LEASE = '10s';

type ScenarioView = { readonly id: string; readonly lease: number | null; readonly faults: readonly string[] };

/** A scenario that a proxy elsewhere carries out, as long as this process lives and renews its lease. */
export class RemoteScenario {
  readonly id: string;
  /** Resolves when it is over: by itself, or by `stop`. Rejects when the control API is lost. */
  readonly over: Promise<void>;
  private readonly control: Control;
  /** ms */
  private readonly lease: number;
  private readonly timer: ReturnType<typeof setInterval>;
  private renewedAt = performance.now();
  private end!: (error?: unknown) => void;

  private constructor({ id, lease }: ScenarioView, control: Control) {
    this.id = id;
    this.control = control;
    this.lease = lease as number;
    this.over = new Promise((resolve, reject) => {
      this.end = (error) => (error === undefined ? resolve() : reject(error));
    });
    // Nobody need listen.
    this.over.catch(() => {});
    this.timer = setInterval(() => void this.renew(), this.lease / 3);
    this.timer.unref();
  }

  /**
   * Its first faults are there when it resolves.
   *
   * @param proxy of steps that name none
   * @throws ControlError
   */
  static async begin(input: ScenarioInput, control: Control, proxy?: string): Promise<RemoteScenario> {
    const steps = input.steps.map((step) => ({ ...step, proxy: ('proxy' in step ? step.proxy : null) ?? proxy }));
    const view = await control.ask<ScenarioView>('POST', '/scenarios', {
      ...input,
      steps,
      lease: input.lease ?? LEASE,
    });
    return new RemoteScenario(view, control);
  }

  /** The ids of its faults that are there now. @throws ControlError 404 when it is over */
  async faults(): Promise<readonly string[]> {
    return (await this.renewed()).faults;
  }

  /** Ends it; its faults are gone when it resolves. */
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
      // One request can get lost. Without any for a lease, nobody holds it any more.
      if (!isOver && performance.now() - this.renewedAt < this.lease) return;
      clearInterval(this.timer);
      this.end(isOver ? undefined : error);
    }
  }
}
