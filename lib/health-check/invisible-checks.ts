/**
 * Health checks that no program can accept, because they never complete the TCP handshake: SYN, SYN-ACK, RST. HAProxy's plain
 * `check` is one. The times are ISO 8601.
 */
export type InvisibleChecks = {
  /** Whether they are counted. */
  readonly available: boolean;
  /** Why they are not counted; null while they are. */
  readonly why: string | null;
  /** How many were counted since the start. */
  readonly count: number;
  /** The mean gap between the latest ones, in ms; null if too few were counted. */
  readonly periodMs: number | null;
  /** When counting began; null if it never did. */
  readonly since: string | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** What the number does not tell. */
  readonly note: string;
};

/** The note while nothing else listens in the network namespace. */
export const EXACT =
  'The source is not known: the kernel counts these connections but does not record the address, nor which proxy or the control API was checked. Advice for HAProxy: nothing to change, a broker logs nothing about them.';

/** The note if others listen in the network namespace and the setting is `on`. */
export const SHARED =
  'The source is not known, and other listeners of this network namespace add to the number: the kernel counts for the whole namespace.';
