import type { Evidence } from './evidence.js';

/** What a health check probably is. */
export type Guess = {
  /** A short name, such as `haproxy_amqp_check`: a value of the API that does not change. */
  readonly what: string;
  /** The same in words: `HAProxy with option httpchk`. */
  readonly detail: string;
  /**
   * `certain`: the bytes are the signature of that program. `likely`: that program usually does this, and few others do.
   * `possible`: several programs do this.
   */
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** One sentence of advice that contains the exact line to change; null if nothing should change. */
  readonly advice: string | null;
};

/** A row of the table: which connections a program makes. */
export type Recognizer = Guess & {
  /** Whether one such connection is enough to be counted as a health check: no client connects like this. */
  readonly isSignature?: true;
  /** @param text the first 8 octets as Latin-1 */
  readonly is: (evidence: Evidence, text: string) => boolean;
};
