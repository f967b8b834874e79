import type { Clock, Timer } from '../clock.js';
import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import { type Choice, canAct, choose, type Known } from './choice.js';
import { type Fault, faultId } from './fault.js';
import {
  changeLiveFault,
  isActive,
  type LiveFault,
  liveFault,
  type StateNow,
  stateOf,
  untilRemoval,
} from './live-fault.js';
import type { FaultOptions } from './read-fault.js';
import { untilChange } from './schedule.js';
import { currentValues, rampValuesAt, valuesAt } from './values.js';

/** A change to the list. */
export type FaultChange = { readonly action: 'added' | 'changed' | 'removed'; readonly live: LiveFault };

/** Maximum faults of an instance. */
export const MOST_FAULTS = 1000;

/** The faults of all proxies of an instance, in the order in which they were added. It also starts and ends them on time. */
export class FaultList {
  readonly seed: number;
  private readonly clock: Clock;
  private readonly changed: (proxies: ReadonlySet<string>) => void;
  private readonly connectionsOf: (proxy: string) => number;
  private readonly problemsOf: (faults: readonly Fault[]) => readonly string[];
  private live: readonly LiveFault[] = [];
  private timer: Timer | undefined;
  private readonly followers = new Set<(change: FaultChange) => void>();
  private activeBefore: ReadonlyMap<LiveFault, Fault> = new Map();

  constructor(options: {
    readonly seed: number;
    readonly clock: Clock;
    /** Returns how many connections a proxy has accepted so far. */
    readonly connectionsOf: (proxy: string) => number;
    /** Called when `active` has changed for these proxies: before a change returns, and when a fault's time starts or ends. */
    readonly changed: (proxies: ReadonlySet<string>) => void;
    /** Returns a message for each fault that its proxy cannot apply. @defaultValue they can apply all */
    readonly problemsOf?: ((faults: readonly Fault[]) => readonly string[]) | undefined;
  }) {
    this.seed = options.seed;
    this.clock = options.clock;
    this.connectionsOf = options.connectionsOf;
    this.changed = options.changed;
    this.problemsOf = options.problemsOf ?? (() => []);
  }

  /** Calls the follower after each change. */
  follow(follower: (change: FaultChange) => void): void {
    this.followers.add(follower);
  }

  get all(): readonly LiveFault[] {
    return this.live;
  }

  get(id: string): LiveFault | undefined {
    return this.live.find((each) => each.id === id);
  }

  /** Returns the faults of a proxy that are switched on and within their schedule. */
  active(proxy: string): readonly LiveFault[] {
    const now = this.clock.ticks();
    return this.live.filter((each) => each.fault.proxy === proxy && isActive(each, now, this.seed));
  }

  /**
   * Adds all of the faults or none.
   *
   * @param lifetime the time after which they are removed, in ms; null: they stay until something removes them
   * @throws ConfigError if a name already exists at its proxy, a proxy cannot apply a fault, or there are too many
   */
  add(faults: readonly Fault[], lifetime: number | null = null): readonly LiveFault[] {
    return this.replace(new Set(), faults, { lifetime });
  }

  /**
   * Removes some faults and adds others in one change.
   *
   * @param options `scenario` is the id of the scenario that does so; `lifetime` is that of `add`
   * @throws ConfigError as `add`; nothing is removed in that case
   */
  replace(
    gone: ReadonlySet<string>,
    faults: readonly Fault[],
    { scenario = null, lifetime = null }: Partial<Pick<LiveFault, 'scenario' | 'lifetime'>> = {},
  ): readonly LiveFault[] {
    const kept = this.live.filter(({ id }) => !gone.has(id));
    const ids = new Set(kept.map(({ id }) => id));
    const problems = [...this.problemsOf(faults)];
    for (const fault of faults) {
      const id = faultId(fault);
      if (ids.has(id)) problems.push(`fault ${quote(id)} already exists`);
      ids.add(id);
    }
    if (ids.size > MOST_FAULTS) problems.push(`there must be at most ${MOST_FAULTS} faults, not ${ids.size}`);
    if (problems.length > 0) throw new ConfigError(problems);
    const added = faults.map((fault) =>
      liveFault(fault, this.clock, { connectionsBefore: this.connectionsOf(fault.proxy), scenario, lifetime }),
    );
    const removed = this.live.filter(({ id }) => gone.has(id));
    this.live = [...kept, ...added];
    this.settle();
    for (const live of removed) this.notify('removed', live);
    for (const live of added) this.notify('added', live);
    return added;
  }

  /**
   * Changes a fault, or switches it on or off with `enabled`.
   *
   * @throws ConfigError as `changeLiveFault`, and if its proxy cannot apply the changed fault; then nothing has changed
   * @returns undefined if no fault has this id
   */
  change(id: string, change: unknown, options?: FaultOptions): LiveFault | undefined {
    const live = this.get(id);
    if (live === undefined) return undefined;
    changeLiveFault(live, change, options, (fault) => this.check([fault]));
    this.settle();
    this.notify('changed', live);
    return live;
  }

  /** @throws ConfigError if a proxy cannot apply a fault */
  check(faults: readonly Fault[]): void {
    const problems = this.problemsOf(faults);
    if (problems.length > 0) throw new ConfigError(problems);
  }

  /** @returns whether the fault existed */
  remove(id: string): boolean {
    if (this.get(id) === undefined) return false;
    this.replace(new Set([id]), []);
    return true;
  }

  /** Whether a fault acts on a connection. The caller counts the hit. */
  choose(live: LiveFault, known: Known): Choice {
    return choose(live.fault, live, known, this.clock.ticks(), this.seed);
  }

  /** Whether a fault can still act on a connection. */
  canAct(live: LiveFault, known: Known): boolean {
    return canAct(live.fault, live, known, this.seed);
  }

  /** Whether a fault can act now, and if not, why. */
  stateOf(live: LiveFault): StateNow {
    return stateOf(live, this.clock.ticks(), this.seed);
  }

  /** The attributes of a fault with the values that its ramps have now. */
  valuesOf(live: LiveFault): Fault['attributes'] {
    return valuesAt(live.fault, this.ageOf(live));
  }

  /** The values that the ramps of a fault have now, without its other attributes. */
  rampValuesOf(live: LiveFault): Readonly<Record<string, number>> {
    return rampValuesAt(live.fault, this.ageOf(live));
  }

  /** The attributes of a fault with the values that its ramps have when they are read. */
  currentValuesOf(live: LiveFault): Fault['attributes'] {
    return currentValues(live.fault, () => this.ageOf(live));
  }

  /** How long ago a fault was added, in ms. */
  private ageOf({ addedAt }: LiveFault): number {
    return this.clock.ticks() - addedAt;
  }

  /** Stops the timer. */
  dispose(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  private notify(action: FaultChange['action'], live: LiveFault): void {
    for (const follower of this.followers) follower({ action, live });
  }

  /** Removes the faults whose lifetime is over. */
  private proceed(): void {
    const now = this.clock.ticks();
    const over = this.live.filter((each) => untilRemoval(each, now) === 0);
    this.replace(new Set(over.map(({ id }) => id)), []);
  }

  /** Reports which proxies have changed, and schedules the next time that starts or ends. */
  private settle(): void {
    this.dispose();
    const now = this.clock.ticks();
    const active = new Map(
      this.live.filter((each) => isActive(each, now, this.seed)).map((each) => [each, each.fault]),
    );
    const waits = this.live
      .flatMap((each) => [untilChange(each.fault, now - each.addedAt, this.seed), untilRemoval(each, now)])
      .filter((wait) => wait !== null);
    if (waits.length > 0) this.timer = this.clock.start(() => this.proceed(), Math.min(...waits));
    const proxies = new Set<string>();
    for (const [each, fault] of active) if (this.activeBefore.get(each) !== fault) proxies.add(fault.proxy);
    for (const each of this.activeBefore.keys()) if (!active.has(each)) proxies.add(each.fault.proxy);
    this.activeBefore = active;
    if (proxies.size > 0) this.changed(proxies);
  }
}
