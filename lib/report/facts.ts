import type { Dialect } from '../amqp/dialect.js';
import type { Reason } from '../amqp/reason.js';
import type { Report } from './report.js';

/** What a report is made of. `at` is ms since 1970; octets are not kept. */
export type Facts = Omit<Report, 'at' | 'dialect' | 'reason' | 'looksLike' | 'healthCheck' | 'header'> & {
  readonly at: number;
  readonly dialect: Dialect;
  readonly reason: Reason;
  readonly inferred: boolean;
  readonly header: Uint8Array;
  /** The connection is the balancer's own, as its PROXY header says. */
  readonly isLocal: boolean;
  /** Whether the client went on to log in. */
  readonly hasStartOk: boolean;
  /** ms */
  readonly handshakeTimeout: number;
};
