import type { Clock, Timer } from '../../clock.js';
import type { End, Link, Load, Next } from './link.js';

/**
 * When the item at the head of a queue can leave, in `Clock.ticks`, and how many of its octets.
 *
 * `since`: the time from which later links count latency, if it changes.
 */
export type Plan = { readonly due: number; readonly take?: number; readonly since?: number };

/** The times of an item: when it arrived, from when latency counts, and when the previous item was due. */
export type Times = { readonly arrived: number; readonly since: number; readonly previous: number };

/** Called once for each item, or for the rest of one, when it reaches the head of the queue. */
export type Planner = (item: Uint8Array | End, times: Times) => Plan;

type Held = { readonly arrived: number; readonly since: number; item: Uint8Array | End; plan?: Plan | undefined };

/** Waits for an update. */
export const NEVER: Plan = { due: Number.POSITIVE_INFINITY };
export const AT_ONCE: Plan = { due: Number.NEGATIVE_INFINITY };

/** A queue of octets and ends. Each leaves when it is due and all earlier ones have left. */
export class Queue {
  private readonly items: Held[] = [];
  private octets = 0;
  private previous = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;
  private isDraining = false;
  private readonly next: Next;
  private readonly clock: Clock;
  private readonly planner: Planner;

  constructor(next: Next, clock: Clock, planner: Planner) {
    this.next = next;
    this.clock = clock;
    this.planner = planner;
  }

  get load(): Load {
    return { octets: this.octets, chunks: this.items.length };
  }

  /** @param since the time from which latency counts. @defaultValue now */
  push(item: Uint8Array | End, since?: number): void {
    const arrived = this.clock.ticks();
    const isOctets = item instanceof Uint8Array;
    if (isOctets) this.octets += item.length;
    // A copy, because octets are valid only during the call.
    this.items.push({ arrived, since: since ?? arrived, item: isOctets ? new Uint8Array(item) : item });
    if (this.items.length === 1) this.drain();
  }

  /** Called when the planner's rules have changed: plans the item at the head again. */
  rethink(): void {
    this.stop();
    this.previous = Math.max(this.previous, this.clock.ticks());
    const head = this.items[0];
    if (head) head.plan = undefined;
    this.drain();
  }

  /** Passes everything on at once, in order. */
  flush(): void {
    this.stop();
    for (let head = this.items.shift(); head !== undefined; head = this.items.shift()) this.pass(head.item, head.since);
  }

  /** Drops the octets. An end leaves when it is due. */
  drop(): void {
    const ends = this.items.filter(({ item }) => !(item instanceof Uint8Array));
    this.items.splice(0, this.items.length, ...ends);
    this.octets = 0;
    this.stop();
    this.drain();
  }

  /** Drops everything. */
  clear(): void {
    this.stop();
    this.items.length = 0;
    this.octets = 0;
  }

  private drain(): void {
    // Passing an item on can call back into this method.
    if (this.isDraining) return;
    this.isDraining = true;
    for (let head = this.items[0]; head !== undefined; head = this.items[0]) {
      const { previous } = this;
      const { arrived } = head;
      head.plan ??= this.planner(head.item, { arrived, since: head.since, previous });
      const { due, take, since = head.since } = head.plan;
      const wait = due - this.clock.ticks();
      if (wait > 0) {
        if (wait !== Number.POSITIVE_INFINITY) this.timer = this.clock.start(() => this.wake(), wait);
        break;
      }
      this.previous = due;
      this.pass(this.take(head, take), since);
    }
    this.isDraining = false;
  }

  /** Removes the item at the head, or its first octets, from the queue. */
  private take(head: Held, count?: number): Uint8Array | End {
    const { item } = head;
    if (item instanceof Uint8Array && count !== undefined && count > 0 && count < item.length) {
      head.item = item.subarray(count);
      head.plan = undefined;
      return item.subarray(0, count);
    }
    this.items.shift();
    return item;
  }

  private wake(): void {
    this.timer = undefined;
    this.drain();
  }

  private pass(item: Uint8Array | End, since: number): void {
    if (item instanceof Uint8Array) {
      this.octets -= item.length;
      this.next.octets(item, since);
    } else {
      this.next.end(item);
    }
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
    get load() {
      return queue.load;
    },
    octets: (octets, since) => queue.push(octets, since),
    end: (end) => queue.push(end),
    update(attributes) {
      update(attributes);
      queue.rethink();
    },
    remove: () => queue.flush(),
    drop: () => queue.drop(),
    dispose: () => queue.clear(),
  };
}
