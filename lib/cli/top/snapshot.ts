import type { Control } from '../../client/control.js';
import { ControlError } from '../../client/control-error.js';
import type { Overview } from '../../control/overview.js';
import type { FaultView } from '../../control/routes/faults.js';
import type { HealthChecks } from '../../control/routes/health-checks.js';
import type { ScenarioView } from '../../control/scenario-view.js';
import { ratesBetween } from '../../report/rates.js';

/** The time that rates are averaged over at least, in ms, if there were answers for as long. */
const WINDOW = 5_000;
/** How long an answer may take, in ms. */
const PATIENCE = 5_000;
const TOO_LATE = 'too late';

/** What `top` shows of an instance. */
export type Snapshot = {
  /** Connections per second; null: there was no earlier answer of the same run. */
  readonly rates: ReturnType<typeof ratesBetween<keyof Overview['totals']>>;
  readonly overview: Overview;
  readonly faults: readonly FaultView[];
  readonly scenarios: readonly ScenarioView[];
  readonly healthChecks: HealthChecks;
};

/** Asks an instance what happens, again and again. */
export class Snapshots {
  private readonly control: Control;
  /** The last answers, oldest first. */
  private readonly overviews: Overview[] = [];

  constructor(control: Control) {
    this.control = control;
  }

  /**
   * @param signal aborts the requests
   * @throws ControlError if the instance does not answer, also within 5 s
   */
  async next(signal: AbortSignal): Promise<Snapshot> {
    const asking = new AbortController();
    const timer = setTimeout(() => asking.abort(TOO_LATE), PATIENCE);
    const stop = (): void => asking.abort();
    signal.addEventListener('abort', stop);
    const get = <T>(path: string): Promise<T> => this.control.ask<T>('GET', path, undefined, asking.signal);
    try {
      const [overview, faults, scenarios, healthChecks] = await Promise.all([
        get<Overview>('/overview'),
        get<FaultView[]>('/faults'),
        get<ScenarioView[]>('/scenarios').catch(() => []),
        get<HealthChecks>('/health-checks'),
      ]);
      return { rates: this.rates(overview), overview, faults, scenarios, healthChecks };
    } catch (error) {
      if (asking.signal.reason !== TOO_LATE) throw error;
      throw new ControlError(null, `no answer from ${this.control.url} within 5 s`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  private rates(overview: Overview): Snapshot['rates'] {
    const { overviews } = this;
    overviews.push(overview);
    const age = (at = 0): number => Date.parse(overview.at) - Date.parse(overviews[at]?.at ?? overview.at);
    while (overviews[0]?.startedAt !== overview.startedAt || age(1) >= WINDOW) overviews.shift();
    return ratesBetween(overviews[0] ?? null, overview);
  }
}
