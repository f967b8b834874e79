import type { Clock, Timer } from '../clock.js';
import { ConfigError } from '../errors.js';
import { answeringOf } from '../health-check/answering.js';
import type { FaultList } from './fault-list.js';
import type { LiveFault } from './live-fault.js';
import type { Faults } from './proxy-faults.js';
import { planAt, type Scenario, type Step } from './scenario.js';

/** Why a scenario ended. */
export type ScenarioEnd = {
  /** `failed`: a fault could not be added because its name exists. */
  readonly because: 'finished' | 'stopped' | 'lease expired' | 'failed';
  /** Null unless it failed. */
  readonly problem: string | null;
};

/**
 * A running scenario. It adds and removes its faults on time, and removes all of them when it ends. Settings of `healthChecks`
 * are put in place and undone in the same way.
 */
export class ScenarioRun {
  readonly scenario: Scenario;
  /** Its faults carry it. */
  private readonly id: string | null;
  private readonly all: Faults;
  private readonly list: FaultList;
  private readonly clock: Clock;
  private readonly ended: (end: ScenarioEnd) => void;
  private readonly beganAt: number;
  private leaseEndsAt: number | null = null;
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
   * @param ended called when the run has ended and its faults are removed
   * @throws ConfigError if the first faults cannot be added, or a proxy cannot apply one of them
   */
  constructor(
    scenario: Scenario,
    {
      faults,
      clock,
      ended,
      id = null,
    }: {
      readonly faults: Faults;
      readonly clock: Clock;
      readonly ended: (end: ScenarioEnd) => void;
      readonly id?: string | null;
    },
  ) {
    this.scenario = scenario;
    this.id = id;
    this.all = faults;
    this.list = faults.list;
    this.clock = clock;
    this.ended = ended;
    this.beganAt = clock.ticks();
    this.list.check(scenario.steps.flatMap((step) => ('fault' in step ? [step.fault] : [])));
    this.step();
    this.renew();
  }

  /** The lease in ms; null: none. */
  get lease(): number | null {
    return this.scenario.lease;
  }

  /** How long it has been running, in ms. */
  get elapsed(): number {
    return this.clock.ticks() - this.beganAt;
  }

  /** Time until the lease ends, in ms; null: it has none. */
  get leaseLeft(): number | null {
    return this.leaseEndsAt === null ? null : Math.max(0, this.leaseEndsAt - this.clock.ticks());
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
    this.leaseEndsAt = this.clock.ticks() + lease;
    this.leaseTimer = this.clock.start(() => this.end('lease expired'), lease);
  }

  /** Ends the run and removes all of its faults. */
  stop(): void {
    this.end('stopped');
  }

  private end(because: ScenarioEnd['because'], problem: string | null = null): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const timer of [this.timer, this.leaseTimer]) if (timer !== undefined) this.clock.stop(timer);
    this.become(new Map());
    this.ended({ because, problem });
  }

  private step(): void {
    const { active, round, changesAt, isOver } = planAt(this.scenario, this.elapsed);
    if (isOver) {
      this.end('finished');
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
      this.end('failed', error.message);
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
      { scenario: this.id },
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
