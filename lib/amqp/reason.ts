import type { HeaderFailure } from '../proxy-protocol/failure.js';
import { alertNumber, type TlsAlert } from '../tls/alert.js';
import type { AmqpError } from './amqp-error.js';
import type { Amqp10Error, BrokerError } from './broker-error.js';
import type { Dialect } from './dialect.js';
import type { ErlangTerm } from './erlang-pretty.js';
import type { HandshakeCallback } from './handshake-callback.js';
import type { Quad } from './header.js';
import type { Limit } from './limit.js';
import type { OpeningState } from './stage.js';

/** RabbitMQ's `handshake_error`: an error of the client after its protocol header. */
export type HandshakeFailure =
  | { readonly type: 'error'; readonly state: OpeningState; readonly channel: number; readonly error: AmqpError }
  /** The arguments of a known method could not be decoded. */
  | { readonly type: 'undecodable'; readonly state: OpeningState; readonly method: string }
  /** The client's Tune-Ok exceeds the broker's limits. `text`: RabbitMQ's explanation. */
  | { readonly type: 'tuning'; readonly text: string }
  | { readonly type: 'amqp10'; readonly term: ErlangTerm };

/** Why a TLS handshake with a client failed. */
export type TlsFailure =
  /** An alert of either side. `code`: Node's error code; null if the client's first octets were refused. */
  | { readonly type: 'alert'; readonly alert: TlsAlert; readonly code: string | null }
  /** `timeout`: in ms */
  | { readonly type: 'timeout'; readonly timeout: number }
  | { readonly type: 'closed' };

/** Why a connection ended: RabbitMQ's name for it, and the data that its term contains. */
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
  | { readonly name: 'handshake_timeout'; readonly callback: HandshakeCallback }
  /** The connection did not begin with the required PROXY header. RabbitMQ logs less detail about these. */
  | {
      readonly name:
        | 'connection_closed_with_no_data_received'
        | 'connection_closed_abruptly'
        | 'bad_header'
        | 'handshake_timeout';
      readonly proxyHeader: HeaderFailure;
    }
  /** The connection ended before its TLS handshake was complete. A broker's reader is not involved. */
  | {
      readonly name: 'connection_closed_abruptly' | 'bad_header' | 'handshake_timeout' | 'handshake_error';
      readonly tls: TlsFailure;
    }
  | { readonly name: 'handshake_error'; readonly failure: HandshakeFailure }
  /** `user`: null if it could not be decoded. */
  | { readonly name: 'auth_failure'; readonly mechanism: string | null; readonly user: string | null }
  /** `text`: RabbitMQ's explanation, which contains the virtual host. */
  | { readonly name: 'vhost_not_found' | 'access_refused'; readonly text: string }
  /** The broker lost the frame boundary and reported it in a Close. */
  | { readonly name: 'frame_error'; readonly error: BrokerError }
  /** The broker rejected a frame header on an open AMQP 1.0 connection. */
  | { readonly name: 'frame_error'; readonly term: ErlangTerm }
  /** `timeout`: in seconds */
  | { readonly name: 'missed_heartbeats'; readonly timeout: number }
  /** The broker's reader crashed on the client's input. */
  | { readonly name: 'reader_crashed'; readonly term: ErlangTerm }
  /** The AMQP connection was closed. `error`: why the broker closed it; null if it was closed without an error. */
  | { readonly name: 'connection_closed'; readonly error: BrokerError | Amqp10Error | null }
  /** `code`: the error code of the operating system, for example ECONNREFUSED. */
  | { readonly name: 'upstream_unreachable'; readonly code: string }
  | { readonly name: 'upstream_closed' }
  | Limit
  /** `onRequest`: this connection was ended on request. Otherwise the proxy was stopped. */
  | { readonly name: 'shutdown'; readonly onRequest?: true }
  /** A fault ended the connection. `fault`: its name. */
  | { readonly name: 'fault'; readonly fault: string; readonly type: string; readonly at: string }
  /** The proxy made a health check fail on purpose. */
  | { readonly name: 'health_check_failed'; readonly failWith: 'rst' | 'silence' | 'refuse' };

/** An error of the client while the connection was opened. The broker reports it only in its log. */
export type Failure = Extract<Reason, { name: 'handshake_error' | 'reader_crashed' }>;

/** An error of the client on an open connection, after which the broker ends it without a reply. */
export type Broken = Extract<Reason, { name: 'frame_error' | 'reader_crashed'; term: unknown }>;

/** The broker's reader crashed. */
export type Crash = Extract<Reason, { name: 'reader_crashed' }>;

export type ReasonName = Reason['name'];

/** The severity of a reason, used as the log level of a report. It is the same in every dialect. */
export type Severity = 'info' | 'warning' | 'error';

export function severityOf(reason: Reason): Severity {
  switch (reason.name) {
    case 'connection_closed_with_no_data_received':
    case 'shutdown':
    case 'fault':
    case 'health_check_failed':
      return 'info';
    case 'connection_closed':
      return reason.error === null ? 'info' : 'error';
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
    case 'auth_failure':
    case 'vhost_not_found':
    case 'access_refused':
    case 'frame_error':
    case 'missed_heartbeats':
    case 'reader_crashed':
    case 'upstream_unreachable':
      return 'error';
    default:
      return reason satisfies never;
  }
}

/** Whether the broker refused the version in a protocol header. */
export function isRefusedVersion({ name }: Reason): boolean {
  return (
    name === 'bad_version' ||
    name === 'sasl_required' ||
    name === 'unsupported_amqp1_0_protocol_id' ||
    name === 'amqp1_0_plugin_not_enabled'
  );
}

/** A level of a broker's log. `notice` is used by Erlang's TLS only. */
export type LogLevel = Severity | 'debug' | 'notice';

/** The level at which a broker of that dialect logs a reason; `debug` also if it logs nothing. */
export function loggedAs(reason: Reason, dialect: Dialect): LogLevel {
  if ('tls' in reason) return loggedBeforeTls(reason.tls, dialect);
  if ('proxyHeader' in reason) return dialect.proxyHeaderFailure === 'debug' ? 'debug' : 'error';
  // RabbitMQ logs these at debug in every version, so that health checks do not fill the log.
  if (reason.name === 'connection_closed_with_no_data_received') return 'debug';
  const severity = severityOf(reason);
  return severity === 'error' && !isLoggedAsException(reason) ? dialect.refusalsLoggedAs : severity;
}

/**
 * Whether a broker logs a reason as `Error on AMQP connection` when it occurs, always at level error. The closing entry
 * is then the same as after a clean end.
 */
export function isLoggedAsException(reason: Reason): boolean {
  switch (reason.name) {
    case 'auth_failure':
    case 'vhost_not_found':
    case 'access_refused':
      return true;
    case 'connection_closed':
      return reason.error !== null;
    default:
      return false;
  }
}

/** The level at which a broker logs the end of a TLS handshake. It logs nothing about clients that left. */
function loggedBeforeTls(failure: TlsFailure, { tlsFailure }: Dialect): LogLevel {
  if (failure.type === 'closed' || tlsFailure === 'nothing') return 'debug';
  if (tlsFailure === 'notice') return failure.type === 'alert' ? 'notice' : 'debug';
  return isWithoutTls(failure) && tlsFailure !== 'error' ? 'warning' : 'error';
}

/** Whether a broker since 4.3.1 takes the client for one that does not use TLS. */
export const isWithoutTls = (failure: TlsFailure): boolean =>
  failure.type === 'alert' && failure.alert.number === alertNumber('unexpected_message');
