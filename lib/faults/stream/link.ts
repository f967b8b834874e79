import type { Clock } from '../../clock.js';
import type { Close } from '../../close.js';
import type { Side } from '../handshake/fault-actions.js';
import type { LentBuffers } from './lent-buffers.js';

/** The end of a direction. It travels along the chain after the octets. */
export type End = {
  readonly close: Close;
  /** Whether a fault ends the connection, on both sides. If false, the source of this direction has closed. */
  readonly byFault: boolean;
  /** A fault does not carry a half-close: because the source has closed, both sides are closed. @defaultValue false */
  readonly isWhole?: boolean;
  /** With `byFault`: each side is closed only when it has received everything that was passed on to it. @defaultValue false */
  readonly afterDelivery?: boolean;
};

/** Where octets go: the next link, or the peer. */
export interface Next {
  /**
   * @param octets valid only during the call, unless it returns false
   * @param since the time from which `latency` counts, in `Clock.ticks`: when the octets arrived, plus earlier latencies
   * @returns false if the octets are still in use: they must stay valid until the sink has drained
   */
  octets(octets: Uint8Array, since: number): boolean;
  end(end: End): void;
}

/** What a link holds back. */
export type Load = { readonly octets: number; readonly chunks: number };

export const NO_LOAD: Load = { octets: 0, chunks: 0 };

/** One fault on one direction of one connection. It passes octets on in order, possibly later or changed. */
export interface Link<Attributes = never> extends Next {
  readonly load: Load;
  /** Called when the fault's attributes change. They also apply to what is held back. */
  update(attributes: Attributes): void;
  /** Called when the fault is removed: passes on at once what is held back, in order. Nothing is called after it. */
  remove(): void;
  /** Called when a reset overtakes the octets that are held back: drops them, but not an end. A link without it holds no octets. */
  drop?(): void;
  /** Called when the connection has ended: stops the timers. */
  dispose(): void;
}

/** What a link of a fault can do to its connection, on both sides. */
export interface LinkedConnection {
  /** When it was accepted, in `Clock.ticks`. */
  readonly acceptedAt: number;
  /** Whether it has an upstream. If not, the client is its only side. */
  readonly hasUpstream: () => boolean;
  /** Lifts the time limits of a connection on which a side waits or has ended, for this fault, or sets them again. */
  keepOpen(isKept: boolean): void;
  /** Resets one side. The other side does not notice. */
  resetSide(side: Side): void;
}

/** The context that a chain gives to a link. */
export type ChainContext = {
  readonly next: Next;
  readonly clock: Clock;
  /** The buffers of links that are still in use after `next.octets`. */
  readonly lent: LentBuffers;
  /** Returns the next number in [0, 1) of the sequence of this fault and connection, the same in every run. */
  readonly random: () => number;
};

/** The context that a link receives when it is opened. */
export type LinkContext = ChainContext & {
  /** The side that the octets come from. */
  readonly from: Side;
  readonly connection: LinkedConnection;
};

/**
 * Opens a link. Created once for each connection and fault, and called for each direction on which the fault acts, so that
 * the links of both directions can share state.
 */
export type OpenLink<Attributes = never> = (context: LinkContext) => Link<Attributes>;
