import type { Clock, Timer } from '../../clock.js';
import { bufferPool } from './buffer-pool.js';
import { heldByAll } from './held-octets.js';
import type { ChainContext, End, Link, Load, Next } from './link.js';

/**
 * When the item at the head of a queue can leave, in `Clock.ticks`, and how many of its octets.
 *
 * `since`: the time from which later links count latency, if it changes; `early`: it can leave if it is due in less than this
 * time, in ms.
 */
export type Plan = { readonly due: number; readonly take?: number; readonly since?: number; readonly early?: number };

/** The times of an item: when it arrived, from when latency counts, and when the previous item was due. */
export type Times = { readonly arrived: number; readonly since: number; readonly previous: number };

/** Called once for each item, or for the rest of one, when it reaches the head of the queue. */
export type Planner = (item: Uint8Array | End, times: Times) => Plan;

/** `buffer`: the one of the pool that has its octets; `isLent`: the sink may still use a part of it. */
type Held = {
  readonly arrived: number;
  readonly since: number;
  item: Uint8Array | End;
  plan: Plan | undefined;
  readonly buffer: Uint8Array | null;
  isLent: boolean;
  following: Held | null;
};

/** Waits for an update. */
export const NEVER: Plan = { due: Number.POSITIVE_INFINITY };
export const AT_ONCE: Plan = { due: Number.NEGATIVE_INFINITY };

/** A queue of octets and ends. Each leaves when it is due and all earlier ones have left. */
export class Queue {
  readonly load: { octets: number; chunks: number } & Load = { octets: 0, chunks: 0 };
  private first: Held | null = null;
  private last: Held | null = null;
  private previous = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;
  private isDraining = false;
  private readonly next: Next;
  private readonly clock: Clock;
  private readonly lent: ChainContext['lent'];
  private readonly planner: Planner;

  constructor({ next, clock, lent }: Pick<ChainContext, 'next' | 'clock' | 'lent'>, planner: Planner) {
    this.next = next;
    this.clock = clock;
    this.lent = lent;
    this.planner = planner;
  }

  /**
   * Octets that are due pass at once. Others are copied.
   *
   * @param since the time from which latency counts
   * @returns as `Next.octets`
   */
  octets(octets: Uint8Array, since: number): boolean {
    const arrived = this.clock.ticks();
    let plan: Plan | undefined;
    if (this.first === null && !this.isDraining) {
      plan = this.planner(octets, { arrived, since, previous: this.previous });
      const { due, take = octets.length } = plan;
      if (this.waitFor(plan) <= 0 && (take <= 0 || take >= octets.length)) {
        this.previous = due;
        this.isDraining = true;
        const isFree = this.next.octets(octets, plan.since ?? since);
        this.isDraining = false;
        this.drain();
        return isFree;
      }
    }
    const buffer = bufferPool.take(octets.length);
    buffer?.set(octets);
    const item = buffer === null ? Buffer.from(octets) : buffer.subarray(0, octets.length);
    this.count(item.length);
    this.hold({ arrived, since, item, plan, buffer, isLent: false, following: null });
    return true;
  }

  end(item: End): void {
    const arrived = this.clock.ticks();
    this.hold({ arrived, since: arrived, item, plan: undefined, buffer: null, isLent: false, following: null });
  }

  /** Called when the planner's rules have changed: plans the item at the head again. */
  rethink(): void {
    this.stop();
    this.previous = Math.max(this.previous, this.clock.ticks());
    if (this.first) this.first.plan = undefined;
    this.drain();
  }

  /** Passes everything on at once, in order. */
  flush(): void {
    this.stop();
    for (let head = this.first; head !== null; head = this.first) this.pass(head, undefined, head.since);
  }

  /** Drops the octets. An end leaves when it is due. */
  drop(): void {
    const { first } = this;
    this.clear();
    for (let held = first; held !== null; held = held.following) {
      if (!(held.item instanceof Uint8Array)) this.hold({ ...held, following: null });
    }
  }

  /** Drops everything. */
  clear(): void {
    this.stop();
    for (let held = this.first; held !== null; held = held.following) this.free(held, held.isLent);
    this.first = null;
    this.last = null;
    this.count(-this.load.octets);
    this.load.chunks = 0;
  }

  private count(octets: number): void {
    this.load.octets += octets;
    heldByAll.octets += octets;
  }

  private hold(held: Held): void {
    this.load.chunks += 1;
    if (this.last === null) this.first = held;
    else this.last.following = held;
    this.last = held;
    if (this.first === held) this.drain();
  }

  private drain(): void {
    // Passing an item on can call back into this method.
    if (this.isDraining) return;
    this.isDraining = true;
    for (let head = this.first; head !== null; head = this.first) {
      const { arrived, since } = head;
      head.plan ??= this.planner(head.item, { arrived, since, previous: this.previous });
      const { plan } = head;
      const wait = this.waitFor(plan);
      if (wait > 0) {
        this.stop();
        if (wait !== Number.POSITIVE_INFINITY) this.timer = this.clock.start(this.wake, wait);
        break;
      }
      this.previous = plan.due;
      this.pass(head, plan.take, plan.since ?? since);
    }
    this.isDraining = false;
  }

  /** How long an item has to wait, in ms. */
  private waitFor({ due, early = 0 }: Plan): number {
    const wait = due - this.clock.ticks();
    return wait < early ? 0 : wait;
  }

  private readonly wake = (): void => {
    this.timer = undefined;
    this.drain();
  };

  /** Passes on the item at the head, or its first `count` octets. */
  private pass(head: Held, count: number | undefined, since: number): void {
    const { item } = head;
    if (!(item instanceof Uint8Array)) {
      this.remove(head);
      this.next.end(item);
      return;
    }
    const isPart = count !== undefined && count > 0 && count < item.length;
    const octets = isPart ? item.subarray(0, count) : item;
    this.count(-octets.length);
    if (isPart) {
      head.item = item.subarray(count);
      head.plan = undefined;
    } else this.remove(head);
    // During the call its buffer is in use, whatever happens to the queue meanwhile.
    const { isLent } = head;
    head.isLent = true;
    head.isLent = !this.next.octets(octets, since) || isLent;
    if (!isPart) this.free(head, head.isLent);
  }

  private remove(head: Held): void {
    this.first = head.following;
    if (this.first === null) this.last = null;
    this.load.chunks -= 1;
  }

  private free({ buffer }: Held, isLent: boolean): void {
    if (buffer !== null) this.lent.passed(buffer, isLent);
  }

  private stop(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }
}

/**
 * Returns a link whose octets and ends wait in a queue.
 *
 * @param update stores the new attributes, which the planner then uses
 */
export function queueLink<Attributes>(queue: Queue, update: (attributes: Attributes) => void): Link<Attributes> {
  return {
    load: queue.load,
    octets: (octets, since) => queue.octets(octets, since),
    end: (end) => queue.end(end),
    update(attributes) {
      update(attributes);
      queue.rethink();
    },
    remove: () => queue.flush(),
    drop: () => queue.drop(),
    dispose: () => queue.clear(),
  };
}
