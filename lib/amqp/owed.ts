import type { Conversation } from './conversation.js';

/** What one side must send next before a connection can open, and which side. */
export type Owed =
  | { readonly by: 'upstream'; readonly what: 'start' | 'tune' | 'open-ok' | 'close' }
  | { readonly by: 'client'; readonly what: 'start-ok' | 'secure-ok' | 'tune-ok' | 'open' };

/** What was owed when a connection ended. Times are in ms. */
export type Due = Owed & {
  readonly protocol: Conversation['protocol'];
  /** How long it had been owed. */
  readonly since: number;
  /** Whether the client had sent nothing since then. */
  readonly clientSilent: boolean;
};

/** Values that do not change, so that two of them can be compared with `===`. */
const OWED = {
  start: { by: 'upstream', what: 'start' },
  tune: { by: 'upstream', what: 'tune' },
  openOk: { by: 'upstream', what: 'open-ok' },
  /** The end of the connection, after an error of the client. */
  close: { by: 'upstream', what: 'close' },
  startOk: { by: 'client', what: 'start-ok' },
  secureOk: { by: 'client', what: 'secure-ok' },
  tuneOk: { by: 'client', what: 'tune-ok' },
  open: { by: 'client', what: 'open' },
} as const satisfies Record<string, Owed>;

/**
 * What is owed now on a connection that is being opened; null once it is open or being closed. A client need not wait for
 * the broker, so both may owe something: then the broker does, because it is the client's turn only afterwards.
 */
export function owedIn({ stage, hasStart, failure, pending }: Conversation): Owed | null {
  if (!hasStart) return OWED.start;
  if (failure !== null) return OWED.close;
  if (pending === 'login') return OWED.tune;
  if (pending === 'open') return OWED.openOk;
  switch (stage) {
    case 'header':
    case 'starting':
      return OWED.startOk;
    case 'securing':
      return OWED.secureOk;
    case 'tuning':
      return OWED.tuneOk;
    case 'opening':
      return OWED.open;
    case 'running':
    case 'closing':
    case 'closed':
      return null;
    default:
      return stage satisfies never;
  }
}
