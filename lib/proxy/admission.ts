import type { Reason } from '../amqp/reason.js';

/** The limits of the process, which the connections of all proxies share. */
export interface Admission {
  /**
   * Admits one more connection, which counts until `leave`, unless a limit is reached.
   *
   * @returns the limit; undefined: it is admitted
   */
  enter(): Reason | undefined;
  /** A connection that was admitted has ended, and its sockets are closed. */
  leave(): void;
}
