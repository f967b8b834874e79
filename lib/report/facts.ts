import type { Dialect } from '../amqp/dialect.js';
import type { Due } from '../amqp/owed.js';
import type { Reason } from '../amqp/reason.js';
import type { Evidence } from '../health-check/evidence.js';
import type { HttpRequest } from '../text/http-request.js';
import type { Report } from './report.js';

/** The input of `reportOf`. `at` is ms since 1970; `header` is not retained. */
export type Facts = Omit<
  Report,
  'at' | 'dialect' | 'reason' | 'looksLike' | 'healthCheck' | 'healthCheckStyle' | 'healthCheckOf' | 'header'
> & {
  readonly at: number;
  readonly dialect: Dialect;
  readonly reason: Reason;
  readonly inferred: boolean;
  readonly header: Uint8Array;
  /** Whether the side that ended the connection no longer answered. It sent no close then. */
  readonly vanished: boolean;
  /** Whether a PROXY header declared the connection LOCAL: the load balancer's own. */
  readonly isLocal: boolean;
  /** The form of the PROXY header with which the connection began; null if there was none. */
  readonly proxyHeader: Evidence['proxyHeader'];
  /** The beginning of an HTTP request; null if the client did not send one. */
  readonly request: HttpRequest | null;
  /** Whether the broker sent a whole Start. */
  readonly hasStart: boolean;
  /** Whether the client sent Start-Ok. */
  readonly hasStartOk: boolean;
  /** Whether the client opened a channel or session, or may have opened one without being followed. */
  readonly hasChannel: boolean;
  /** ms */
  readonly handshakeTimeout: number;
  /** Whether the proxy sends PROXY headers to its upstream. */
  readonly sendsProxyHeader: boolean;
  /** What was owed on a connection that was not open yet; null if nothing was. */
  readonly due: Due | null;
};
