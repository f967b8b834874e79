import type { Clock, Timer } from '../clock.js';
import { ConfigError } from '../errors.js';
import type { FaultList, LiveFault } from './fault-list.js';
import { planAt, type Scenario } from './scenario.js';

/** A running scenario. It adds and removes its faults on time, and removes all of them when it ends. */
export class ScenarioRun {
  private readonly scenario: Scenario;
  private readonly list: FaultList;
  private readonly clock: Clock;
  private readonly failed: (problem: string) => void;
  private readonly beganAt: number;
  /** Keyed by round and step. */
  private live: ReadonlyMap<string, LiveFault> = new Map();
  private timer: Timer | undefined;
  private leaseTimer: Timer | undefined;
  isOver = false;

  /**
   * Starts the scenario. Its first faults are active when the constructor returns.
   *
   * @param failed called when a later fault cannot be added because its name exists; the run has then ended
   * @throws ConfigError if the first faults cannot be added
   */
  constructor(
    scenario: Scenario,
    {
      list,
      clock,
      failed,
    }: { readonly list: FaultList; readonly clock: Clock; readonly failed: (problem: string) => void },
  ) {
    this.scenario = scenario;
    this.list = list;
    this.clock = clock;
    this.failed = failed;
    this.beganAt = clock.ticks();
    this.step();
    this.renew();
  }

  /** The lease in ms; null: none. */
  get lease(): number | null {
    return this.scenario.lease;
  }

  /** The faults of this run that are active now. */
  get faults(): readonly LiveFault[] {
    return [...this.live.values()].filter((live) => this.list.get(live.id) === live);
  }

  /** Restarts the lease. */
  renew(): void {
    const { lease } = this.scenario;
    if (this.isOver || lease === null) return;
    if (this.leaseTimer !== undefined) this.clock.stop(this.leaseTimer);
    this.leaseTimer = this.clock.start(() => this.stop(), lease);
  }

  /** Ends the run and removes all of its faults. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const timer of [this.timer, this.leaseTimer]) if (timer !== undefined) this.clock.stop(timer);
    this.become(new Map(), []);
  }

  private step(): void {
    const { active, round, changesAt, isOver } = planAt(this.scenario, this.clock.ticks() - this.beganAt);
    if (isOver) {
      this.stop();
      return;
    }
    const keys = active.map((nth) => ({ key: `${round} ${nth}`, nth }));
    const kept = new Map(
      keys.flatMap(({ key }) => (this.live.has(key) ? [[key, this.live.get(key) as LiveFault]] : [])),
    );
    this.become(
      kept,
      keys.filter(({ key }) => !kept.has(key)),
    );
    if (changesAt === null) return;
    const wait = Math.ceil(Math.max(0, this.beganAt + changesAt - this.clock.ticks()));
    this.timer = this.clock.start(() => this.next(), wait);
  }

  private next(): void {
    try {
      this.step();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.stop();
      this.failed(error.message);
    }
  }

  private become(kept: Map<string, LiveFault>, added: readonly { readonly key: string; readonly nth: number }[]): void {
    const gone = [...this.live].filter(([key, live]) => !kept.has(key) && this.list.get(live.id) === live);
    const { steps } = this.scenario;
    const faults = added.flatMap(({ nth }) => steps[nth]?.fault ?? []);
    const live = this.list.replace(new Set(gone.map(([, { id }]) => id)), faults);
    for (const [at, { key }] of added.entries()) kept.set(key, live[at] as LiveFault);
    this.live = kept;
  }
}
