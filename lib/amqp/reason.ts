import type { HeaderFailure } from '../proxy-protocol/failure.js';
import type { Dialect } from './dialect.js';
import type { Quad } from './header.js';

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
  /** A connection that must begin with a PROXY header did not: RabbitMQ tells less of these. */
  | {
      readonly name:
        | 'connection_closed_with_no_data_received'
        | 'connection_closed_abruptly'
        | 'bad_header'
        | 'handshake_timeout';
      readonly proxyHeader: HeaderFailure;
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
