import type { Clock } from '../../clock.js';
import type { Close } from '../../close.js';
import { heldByAll } from './held-octets.js';
import { LentBuffers } from './lent-buffers.js';
import type { ChainContext, End, Link, Load, Next } from './link.js';

/** The peer at the end of a chain. */
export interface Sink {
  /** @returns false if the caller must wait for `Chain.drained` before it sends more */
  octets(octets: Uint8Array): boolean;
  /** Called at most twice: a `fin` of one direction can be followed by an `rst`, or by an end caused by a fault. */
  end(end: End): void;
}

/**
 * Maximum that all links of a chain together hold back: 16 MiB, which a delay of 10 ms needs at 1.6 GB/s, and as many chunks as
 * a toxic of Toxiproxy.
 */
export const MOST: Load = { octets: 16 * 1024 ** 2, chunks: 1024 };
/** The same in octets while all chains together hold back more than `MANY`, so that many slow connections do not fill the memory. */
export const FEWER = 4 * 1024 ** 2;
export const MANY = 32 * 1024 ** 2;

type Node = { readonly id: string; link: Link; following: Node | null };

/**
 * One direction of a connection. Octets pass through its links in the order in which the links were added, and leave in
 * the order in which they arrived, even if links are added or removed meanwhile.
 *
 * The end of a direction travels after its octets. A reset is passed on as a reset, and nothing follows it. It does not
 * wait for a sink that is full: the octets before it are then lost, as they are without a proxy.
 */
export class Chain {
  private first: Node | null = null;
  private readonly sink: Sink;
  private readonly clock: Clock;
  private readonly room: () => void;
  private readonly last: Next;
  private isSinkFull = false;
  private isReset = false;
  private wasFull = false;
  private ended: Close | null = null;
  private isDisposed = false;
  private readonly lent = new LentBuffers();

  /** @param room called when there is room again after `push` returned false */
  constructor(options: { readonly sink: Sink; readonly clock: Clock; readonly room: () => void }) {
    this.sink = options.sink;
    this.clock = options.clock;
    this.room = options.room;
    this.last = {
      octets: (octets) => {
        if (this.ended !== null || this.isDisposed) return true;
        this.isSinkFull = !this.sink.octets(octets);
        if (!this.isSinkFull) return true;
        if (this.isReset) this.drop();
        return false;
      },
      end: (end) => this.deliver(end),
    };
  }

  /** Drops the octets that its links hold back. */
  private drop(): void {
    for (let node = this.first; node !== null; node = node.following) node.link.drop?.();
  }

  /** Whether it has no links. The owner can then bypass it as soon as `load` is also 0. */
  get isEmpty(): boolean {
    return this.first === null;
  }

  /** What its links hold back. */
  get load(): Load {
    let octets = 0;
    let chunks = 0;
    for (let node = this.first; node !== null; node = node.following) {
      octets += node.link.load.octets;
      chunks += node.link.load.chunks;
    }
    return { octets, chunks };
  }

  /**
   * @param octets valid only during the call, unless it returns false
   * @returns false if there is no room for more until `room` is called
   */
  push(octets: Uint8Array): boolean {
    // Without links the time is not needed.
    if (this.first === null) this.last.octets(octets, 0);
    else this.first.link.octets(octets, this.clock.ticks());
    this.wasFull = this.isFull;
    return !this.wasFull;
  }

  /** Called when the source has closed. A `fin` can be followed by an `rst`. */
  end(close: Close): void {
    if (close === 'rst') {
      this.isReset = true;
      if (this.isSinkFull) this.drop();
    }
    this.entry.end({ close, byFault: false });
  }

  /** Called when the sink accepts octets again. */
  drained(): void {
    this.isSinkFull = false;
    this.lent.returned();
    this.check();
  }

  /** Called when the sink has left: from now on it accepts everything, and it may still use what it was given. */
  sinkLeft(): void {
    this.lent.forget();
    this.drained();
  }

  /** @param id identifies the link for `update` and `remove`; the chain must not already have a link with this id */
  add(id: string, open: (context: ChainContext) => Link, random: () => number): void {
    if (this.isDisposed) return;
    // The link joins the chain only after it is opened, so whatever it emits while opening stays in order.
    const node = { id, following: null } as Omit<Node, 'link'> as Node;
    node.link = open({ next: this.after(node), clock: this.clock, lent: this.lent, random });
    let place = this.first;
    while (place?.following) place = place.following;
    if (place) place.following = node;
    else this.first = node;
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  update(id: string, attributes: unknown): void {
    // The attributes have the type that the link expects: both belong to the same fault.
    this.find(id)?.link.update(attributes as never);
    this.check();
  }

  /** Removes a link. What it holds back is passed on at once, regardless of back-pressure. */
  remove(id: string): void {
    const node = this.find(id);
    if (!node) return;
    // While it is still in place, its octets go to the next link.
    node.link.remove();
    const before = this.before(node);
    if (before) before.following = node.following;
    else if (this.first === node) this.first = node.following;
    node.link.dispose();
    this.check();
  }

  /** Called when the connection has ended: stops all timers and drops what is held back. */
  dispose(): void {
    this.isDisposed = true;
    for (let node = this.first; node !== null; node = node.following) node.link.dispose();
    this.first = null;
  }

  private get entry(): Next {
    return this.first?.link ?? this.last;
  }

  private get isFull(): boolean {
    if (this.isSinkFull) return true;
    const { octets, chunks } = this.load;
    return chunks >= MOST.chunks || octets >= (heldByAll.octets > MANY ? FEWER : MOST.octets);
  }

  private deliver(end: End): void {
    const isWhole = end.byFault || end.isWhole;
    if (this.isDisposed || this.ended === 'rst' || (this.ended === 'fin' && end.close === 'fin' && !isWhole)) return;
    this.ended = isWhole ? 'rst' : end.close;
    this.sink.end(end);
  }

  /** Returns what follows a link. Looked up on each call, because links are added and removed. */
  private after(node: Node): Next {
    return {
      octets: (octets, since) => {
        const isFree = (node.following?.link ?? this.last).octets(octets, since);
        this.check();
        return isFree;
      },
      end: (end) => (node.following?.link ?? this.last).end(end),
    };
  }

  private check(): void {
    if (!this.wasFull || this.isDisposed || this.isFull) return;
    this.wasFull = false;
    this.room();
  }

  private find(id: string): Node | undefined {
    for (let node = this.first; node !== null; node = node.following) if (node.id === id) return node;
    return undefined;
  }

  private before(wanted: Node): Node | undefined {
    for (let node = this.first; node !== null; node = node.following) if (node.following === wanted) return node;
    return undefined;
  }
}
