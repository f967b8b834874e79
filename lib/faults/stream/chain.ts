import type { Clock } from '../../clock.js';
import type { Close } from '../../close.js';
import type { End, Link, Load, Next, OpenLink } from './link.js';

/** Where a chain leads to: a peer. */
export interface Sink {
  /** @returns false when more should wait for `Chain.drained` */
  octets(octets: Uint8Array): boolean;
  /** Called at most twice: a `fin` can be followed by an `rst`, or by an end that a fault makes. */
  end(end: End): void;
}

/** What all links of a chain may hold: 4 MiB, and as many chunks as a toxic of Toxiproxy takes. */
export const MOST: Load = { octets: 4 * 1024 ** 2, chunks: 1024 };

type Node = { readonly id: string; link: Link; following: Node | null };

/**
 * One direction of a connection: octets go through its links, in the order in which they were added, and leave in the
 * order in which they came, however links come and go meanwhile.
 *
 * The end of a direction travels behind its octets, as a packet does: a reset too, which is then carried on as a reset.
 * Nothing follows a reset.
 */
export class Chain {
  private first: Node | null = null;
  private readonly sink: Sink;
  private readonly clock: Clock;
  private readonly room: () => void;
  private readonly last: Next;
  private isSinkFull = false;
  private wasFull = false;
  private ended: Close | null = null;
  private isDisposed = false;

  /** @param room called when there is room again, after `push` returned false */
  constructor(options: { readonly sink: Sink; readonly clock: Clock; readonly room: () => void }) {
    this.sink = options.sink;
    this.clock = options.clock;
    this.room = options.room;
    this.last = {
      octets: (octets) => {
        if (this.ended === null && !this.isDisposed) this.isSinkFull = !this.sink.octets(octets);
      },
      end: (end) => this.deliver(end),
    };
  }

  /** Without links it is of no use: whoever holds it may go around it, once `load` is 0 too. */
  get isEmpty(): boolean {
    return this.first === null;
  }

  /** What its links hold. */
  get load(): Load {
    let [octets, chunks] = [0, 0];
    for (let node = this.first; node !== null; node = node.following) {
      octets += node.link.load.octets;
      chunks += node.link.load.chunks;
    }
    return { octets, chunks };
  }

  /**
   * @param octets valid during the call only, unless it returns false
   * @returns false when there is no room for more until `room` is called
   */
  push(octets: Uint8Array): boolean {
    this.entry.octets(octets);
    this.wasFull = this.isFull;
    return !this.wasFull;
  }

  /** The source has closed. A `fin` may be followed by an `rst`. */
  end(close: Close): void {
    this.entry.end({ close, byFault: false });
  }

  /** The sink takes octets again. */
  drained(): void {
    this.isSinkFull = false;
    this.check();
  }

  /** @param id by which it is updated and removed; a link with that id must not be there yet */
  add(id: string, open: OpenLink, random: () => number): void {
    if (this.isDisposed) return;
    // Until it is opened, it is not part of the chain: what it says in the meantime cannot be out of order.
    const node = { id, following: null } as Omit<Node, 'link'> as Node;
    node.link = open({ next: this.after(node), clock: this.clock, random });
    let place = this.first;
    while (place?.following) place = place.following;
    if (place) place.following = node;
    else this.first = node;
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  update(id: string, attributes: unknown): void {
    // The type of the attributes is that of the link: both belong to one fault.
    this.find(id)?.link.update(attributes as never);
    this.check();
  }

  /** What the link holds is passed on at once. Does not wait for anyone. */
  remove(id: string): void {
    const node = this.find(id);
    if (!node) return;
    // As long as it is in its place, its octets go to the link behind it.
    node.link.remove();
    const before = this.before(node);
    if (before) before.following = node.following;
    else if (this.first === node) this.first = node.following;
    node.link.dispose();
    this.check();
  }

  /** The connection is gone: stops all timers and drops what is held. */
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
    return octets >= MOST.octets || chunks >= MOST.chunks;
  }

  private deliver(end: End): void {
    if (this.isDisposed || this.ended === 'rst' || (this.ended === 'fin' && end.close === 'fin' && !end.byFault))
      return;
    this.ended = end.byFault ? 'rst' : end.close;
    this.sink.end(end);
  }

  /** What follows a link: found anew each time, since links come and go. */
  private after(node: Node): Next {
    return {
      octets: (octets) => {
        (node.following?.link ?? this.last).octets(octets);
        this.check();
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
