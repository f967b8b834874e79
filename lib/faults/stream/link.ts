import type { Clock } from '../../clock.js';
import type { Close } from '../../close.js';

/** The end of a direction, as it travels behind the octets. */
export type End = {
  readonly close: Close;
  /** A fault ends the connection, on both sides. False: the source of this direction has closed. */
  readonly byFault: boolean;
};

/** Where octets go: the next link, or the peer. */
export interface Next {
  /** The octets are valid during the call only. */
  octets(octets: Uint8Array): void;
  end(end: End): void;
}

/** What a link holds back. */
export type Load = { readonly octets: number; readonly chunks: number };

export const NO_LOAD: Load = { octets: 0, chunks: 0 };

/** One fault on one direction of one connection. It passes octets on, later or changed, in their order. */
export interface Link<Attributes = never> extends Next {
  readonly load: Load;
  /** The fault has new attributes; what is held follows them. */
  update(attributes: Attributes): void;
  /** The fault is gone: passes on at once what it holds, in order. Called once; nothing follows. */
  remove(): void;
  /** The connection is gone: stops its timers. */
  dispose(): void;
}

/** What a link is given. */
export type LinkContext = {
  readonly next: Next;
  readonly clock: Clock;
  /** A number in [0, 1); a sequence of this fault and this connection, the same in every run. */
  readonly random: () => number;
};

export type OpenLink<Attributes = never> = (context: LinkContext) => Link<Attributes>;
