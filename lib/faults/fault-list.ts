import type { Clock, Timer } from '../clock.js';
import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import { type Choice, choose, explain, type FaultState, isInTime, type Known, untilChange } from './choice.js';
import { type Fault, faultId } from './fault.js';
import { changeFault } from './parse-fault.js';
import type { FaultOptions } from './read-fault.js';

/** A fault that is there. Removed and added again it is another one, and counts anew. */
export type LiveFault = FaultState & {
  readonly id: string;
  /** Replaced when it is changed. */
  fault: Fault;
  hits: number;
};

/** What has happened to a fault. */
export type FaultChange = { readonly action: 'added' | 'changed' | 'removed'; readonly live: LiveFault };

/** Faults of one instance are at most so many. */
const MOST_FAULTS = 1000;

/** The faults of all proxies of an instance, in the order in which they were added. */
export class FaultList {
  readonly seed: number;
  private readonly clock: Clock;
  private readonly changed: (proxies: ReadonlySet<string>) => void;
  private readonly connectionsOf: (proxy: string) => number;
  private live: readonly LiveFault[] = [];
  private timer: Timer | undefined;
  private readonly followers = new Set<(change: FaultChange) => void>();
  private activeBefore: ReadonlyMap<LiveFault, Fault> = new Map();

  constructor(options: {
    readonly seed: number;
    readonly clock: Clock;
    /** Connections that a proxy has accepted so far. */
    readonly connectionsOf: (proxy: string) => number;
    /** `active` gives something else for these proxies. Called before a change returns, and when a time begins or ends. */
    readonly changed: (proxies: ReadonlySet<string>) => void;
  }) {
    this.seed = options.seed;
    this.clock = options.clock;
    this.connectionsOf = options.connectionsOf;
    this.changed = options.changed;
  }

  /** Tells of each change once it is made. */
  follow(follower: (change: FaultChange) => void): void {
    this.followers.add(follower);
  }

  get all(): readonly LiveFault[] {
    return this.live;
  }

  get(id: string): LiveFault | undefined {
    return this.live.find((each) => each.id === id);
  }

  /** The faults of a proxy that are in their time. */
  active(proxy: string): readonly LiveFault[] {
    const now = this.clock.ticks();
    return this.live.filter(({ fault, addedAt }) => fault.proxy === proxy && isInTime(fault, now - addedAt));
  }

  /**
   * Adds all of them or none.
   *
   * @throws ConfigError when a name is taken at its proxy, or there are too many
   */
  add(faults: readonly Fault[]): readonly LiveFault[] {
    return this.replace(new Set(), faults);
  }

  /**
   * Removes some and adds others at once.
   *
   * @throws ConfigError as `add`; then nothing is removed either
   */
  replace(gone: ReadonlySet<string>, faults: readonly Fault[]): readonly LiveFault[] {
    const kept = this.live.filter(({ id }) => !gone.has(id));
    const ids = new Set(kept.map(({ id }) => id));
    const problems: string[] = [];
    for (const fault of faults) {
      const id = faultId(fault);
      if (ids.has(id)) problems.push(`fault ${quote(id)} is there already`);
      ids.add(id);
    }
    if (ids.size > MOST_FAULTS) problems.push(`there must be at most ${MOST_FAULTS} faults, not ${ids.size}`);
    if (problems.length > 0) throw new ConfigError(problems);
    const addedAt = this.clock.ticks();
    const added = faults.map((fault): LiveFault => {
      return { id: faultId(fault), fault, addedAt, connectionsBefore: this.connectionsOf(fault.proxy), hits: 0 };
    });
    const removed = this.live.filter(({ id }) => gone.has(id));
    this.live = [...kept, ...added];
    this.settle();
    for (const live of removed) this.tell('removed', live);
    for (const live of added) this.tell('added', live);
    return added;
  }

  /** @throws ConfigError as `changeFault`. @returns undefined when there is no such fault */
  change(id: string, change: unknown, options?: FaultOptions): LiveFault | undefined {
    const live = this.get(id);
    if (live === undefined) return undefined;
    live.fault = changeFault(live.fault, change, options);
    this.settle();
    this.tell('changed', live);
    return live;
  }

  /** @returns whether it was there */
  remove(id: string): boolean {
    if (this.get(id) === undefined) return false;
    this.replace(new Set([id]), []);
    return true;
  }

  /** Whether a fault acts on a connection. The caller counts the hit. */
  choose(live: LiveFault, known: Known): Choice {
    return choose(live.fault, live, known, this.clock.ticks(), this.seed);
  }

  /** Stops its timer. */
  dispose(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  private tell(action: FaultChange['action'], live: LiveFault): void {
    for (const follower of this.followers) follower({ action, live });
  }

  /** Tells what has changed, and waits for the next time that begins or ends. */
  private settle(): void {
    this.dispose();
    const now = this.clock.ticks();
    const active = new Map(
      this.live.filter(({ fault, addedAt }) => isInTime(fault, now - addedAt)).map((each) => [each, each.fault]),
    );
    const waits = this.live.flatMap(({ fault, addedAt }) => untilChange(fault, now - addedAt) ?? []);
    if (waits.length > 0) this.timer = this.clock.start(() => this.settle(), Math.min(...waits));
    const proxies = new Set<string>();
    for (const [each, fault] of active) if (this.activeBefore.get(each) !== fault) proxies.add(fault.proxy);
    for (const each of this.activeBefore.keys()) if (!active.has(each)) proxies.add(each.fault.proxy);
    this.activeBefore = active;
    if (proxies.size > 0) this.changed(proxies);
  }
}

/** A fault as it was when it was decided whether it acts, and whether it ever has. */
type Decided = { readonly fault: Fault; readonly acts: boolean; readonly hasActed: boolean };

/**
 * What was decided for one connection: once for each fault, and again when its toxicity or its conditions have changed.
 * Its hit is counted when it acts for the first time.
 */
export class Decisions {
  /** Each decision in a sentence, in the order in which they were made. */
  readonly explained: string[] = [];
  private readonly list: FaultList;
  private readonly decided = new WeakMap<LiveFault, Decided>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** Whether a fault acts; `later` when a condition is not known yet, or its time has not begun. */
  decide(live: LiveFault, known: Known): 'acts' | 'never' | 'later' {
    const before = this.decided.get(live);
    if (before !== undefined && isAsBefore(before.fault, live.fault)) return before.acts ? 'acts' : 'never';
    // One connection is one hit.
    const hasActed = before?.hasActed ?? false;
    const choice = this.list.choose(hasActed ? { ...live, hits: live.hits - 1 } : live, known);
    if (!choice.acts && (choice.because === 'not known yet' || choice.because === 'time')) return 'later';
    this.decided.set(live, { fault: live.fault, acts: choice.acts, hasActed: hasActed || choice.acts });
    if (choice.acts !== before?.acts) this.explained.push(explain(live.fault, choice));
    if (choice.acts && !hasActed) live.hits += 1;
    return choice.acts ? 'acts' : 'never';
  }
}

/** A change of anything else does not change whether it acts. */
function isAsBefore(before: Fault, now: Fault): boolean {
  if (before === now) return true;
  const conditions = [...Object.keys(before.when), ...Object.keys(now.when)] as (keyof Fault['when'])[];
  return before.toxicity === now.toxicity && conditions.every((each) => before.when[each] === now.when[each]);
}
