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

/** The note for a number to which only listeners of this process contribute. */
export const EXACT =
  'The source is not known: the kernel counts these connections for all listeners of this process together and records no address. A broker logs nothing about them, so nothing has to change.';

/** The note for a number to which others may contribute, because the setting is `on`. */
export const SHARED =
  'The source is not known: the kernel counts these connections for all listeners of the network namespace together, including those of other processes, and records no address.';
