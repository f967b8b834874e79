import type { Evidence } from './evidence.js';

/** What a health check probably is. */
export type Guess = {
  /** A short name, such as `haproxy_tcp_check`: a value of the API that does not change. */
  readonly what: string;
  /** The same in words: `HAProxy with tcp-check send-binary 414d515000000901`. */
  readonly detail: string;
  /**
   * `certain`: the bytes are the signature of that program. `likely`: that program usually does this, and few others do.
   * `possible`: several programs do this.
   */
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** One sentence of advice that contains the exact line to change; null if nothing should change. */
  readonly advice: string | null;
};

/** A guess as reports have it. */
export type NamedGuess = Omit<Guess, 'advice'>;

/** Guesses which program makes connections like this one; null if nothing known does. */
export function guess(_evidence: Evidence): Guess | null {
  return null;
}
