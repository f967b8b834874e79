import type { Clock, Timer } from '../clock.js';
import { ConfigError } from '../errors.js';
import { answeringOf } from '../health-check/answering.js';
import type { FaultList } from './fault-list.js';
import type { LiveFault } from './live-fault.js';
import type { Faults } from './proxy-faults.js';
import { planAt, type Scenario, type Step } from './scenario.js';

/**
 * A running scenario. It adds and removes its faults on time, and removes all of them when it ends. Settings of `healthChecks`
 * are put in place and undone in the same way.
 */
export class ScenarioRun {
  private readonly scenario: Scenario;
  /** Its faults carry it. */
  private readonly id: string | null;
  private readonly all: Faults;
  private readonly list: FaultList;
  private readonly clock: Clock;
  private readonly failed: (problem: string) => void;
  private readonly beganAt: number;
  /** Keyed by round and step. */
  private live: ReadonlyMap<string, LiveFault> = new Map();
  /** Undoes the steps that set `healthChecks`; keyed like the faults. */
  private readonly undo = new Map<string, () => void>();
  private timer: Timer | undefined;
  private leaseTimer: Timer | undefined;
  isOver = false;

  /**
   * Starts the scenario. Its first faults are active when the constructor returns.
   *
   * @param id shown with its faults. @defaultValue null
   * @param failed called when a later fault cannot be added because its name exists; the run has then ended
   * @throws ConfigError if the first faults cannot be added
   */
  constructor(
    scenario: Scenario,
    {
      faults,
      clock,
      failed,
      id = null,
    }: {
      readonly faults: Faults;
      readonly clock: Clock;
      readonly failed: (problem: string) => void;
      readonly id?: string | null;
    },
  ) {
    this.scenario = scenario;
    this.id = id;
    this.all = faults;
    this.list = faults.list;
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
    this.become(new Map());
  }

  private step(): void {
    const { active, round, changesAt, isOver } = planAt(this.scenario, this.clock.ticks() - this.beganAt);
    if (isOver) {
      this.stop();
      return;
    }
    const { steps } = this.scenario;
    this.become(new Map(active.map((nth) => [`${round} ${nth}`, steps[nth] as Step])));
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

  /** @param wanted the steps that are to be active, by round and step */
  private become(wanted: ReadonlyMap<string, Step>): void {
    const gone = [...this.live].filter(([key, live]) => !wanted.has(key) && this.list.get(live.id) === live);
    const added = [...wanted].filter(([key]) => !this.live.has(key) && !this.undo.has(key));
    const faults = added.flatMap(([key, step]) => ('fault' in step ? [[key, step.fault] as const] : []));
    const live = this.list.replace(
      new Set(gone.map(([, { id }]) => id)),
      faults.map(([, fault]) => fault),
      this.id,
    );
    const kept = [...this.live].filter(([key]) => wanted.has(key));
    this.live = new Map([...kept, ...faults.map(([key], at) => [key, live[at] as LiveFault] as const)]);
    for (const [key, undo] of this.undo) {
      if (wanted.has(key)) continue;
      undo();
      this.undo.delete(key);
    }
    for (const [key, step] of added) {
      if ('fault' in step) continue;
      this.undo.set(key, this.all.of(step.proxy).answering.put(answeringOf(step.healthChecks)));
    }
  }
}
