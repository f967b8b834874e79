import type { Dialect } from './dialect.js';
import type { Quad } from './header.js';

/** Why a TLS handshake came to nothing. */
export type TlsFailure =
  /** `term`: what Erlang's TLS says of it. */
  | { readonly type: 'no_tls'; readonly term: string }
  /** ms */
  | { readonly type: 'timeout'; readonly timeout: number }
  | { readonly type: 'closed' }
  /** `code`: as Node names it, for example ERR_SSL_NO_SHARED_CIPHER. */
  | { readonly type: 'failed'; readonly code: string };

/** Why a connection ended, with RabbitMQ's own name, and what its term needs. */
export type Reason =
  | { readonly name: 'connection_closed_with_no_data_received' }
  | { readonly name: 'connection_closed_abruptly' }
  | {
      readonly name: 'bad_header';
      readonly detail: 'detected_tls' | 'detected_http_get' | 'other';
      readonly octets: Uint8Array;
    }
  | { readonly name: 'bad_version'; readonly quad: Quad }
  | { readonly name: 'sasl_required'; readonly protocolId: number }
  | { readonly name: 'unsupported_amqp1_0_protocol_id'; readonly protocolId: number }
  | { readonly name: 'amqp1_0_plugin_not_enabled' }
  | { readonly name: 'handshake_timeout'; readonly callback: 'handshake' }
  /** Before its TLS handshake was over: a broker's reader does not know of it. */
  | {
      readonly name: 'connection_closed_abruptly' | 'bad_header' | 'handshake_timeout' | 'handshake_error';
      readonly tls: TlsFailure;
    }
  /** The broker's connection ended in an orderly way. */
  | { readonly name: 'connection_closed' }
  /** `code`: why, as the operating system names it, for example ECONNREFUSED. */
  | { readonly name: 'upstream_unreachable'; readonly code: string }
  | { readonly name: 'upstream_closed' }
  | { readonly name: 'limit'; readonly limit: 'maxConnections' | 'maxConnectionsPerSource'; readonly value: number }
  | { readonly name: 'shutdown' };

export type ReasonName = Reason['name'];

/** How much a reason matters; the log level of a connection's report. The same in every dialect. */
export type Severity = 'info' | 'warning' | 'error';

export function severityOf(name: ReasonName): Severity {
  switch (name) {
    case 'connection_closed_with_no_data_received':
    case 'connection_closed':
    case 'shutdown':
      return 'info';
    case 'connection_closed_abruptly':
    case 'upstream_closed':
    case 'limit':
      return 'warning';
    case 'bad_header':
    case 'bad_version':
    case 'sasl_required':
    case 'unsupported_amqp1_0_protocol_id':
    case 'amqp1_0_plugin_not_enabled':
    case 'handshake_timeout':
    case 'handshake_error':
    case 'upstream_unreachable':
      return 'error';
    default:
      return name satisfies never;
  }
}

/** The level at which a broker of that dialect logs a reason. */
export function loggedAs(name: ReasonName, dialect: Dialect): Severity | 'debug' {
  // `tcp_healthcheck` is debug in every version, so that checks do not fill the log.
  if (name === 'connection_closed_with_no_data_received') return 'debug';
  const severity = severityOf(name);
  return severity === 'error' ? dialect.refusalsLoggedAs : severity;
}

/** The level at which a broker logs such a reason: up to 4.0 its TLS writes a notice, or nothing. */
export function loggedBeforeTls(name: ReasonName, dialect: Dialect): Severity | 'debug' {
  if (name === 'connection_closed_abruptly') return 'debug';
  if (dialect.detectsPeers) return 'error';
  return name === 'handshake_timeout' ? 'debug' : 'info';
}
