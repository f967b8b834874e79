import type { Close } from '../close.js';
import { alertRecord, type TlsAlert } from '../tls/alert.js';
import type { ErlangTls } from '../tls/erlang-tls.js';
import { erlangFailure, type OpensslFailure } from '../tls/openssl-failure.js';
import { NO_FAREWELL } from './outcome.js';
import type { Dismissed } from './terminated.js';

/** Timeout for a client's TLS handshake, in ms: RabbitMQ's `ssl_handshake_timeout`. */
export const TLS_HANDSHAKE_TIMEOUT = 5_000;

const closedByClient = { decision: 'none', by: 'client', farewell: NO_FAREWELL } as const;
const refusedByProxy = { decision: 'refuse', by: 'proxy', farewell: NO_FAREWELL } as const;

/** The client was reset because the proxy was stopped, or its close_notify is answered with a reset. */
export const ABANDONED: Dismissed = {
  ...closedByClient,
  reason: { name: 'connection_closed_abruptly', tls: { type: 'closed' } },
  close: 'rst',
};

/** The handshake was not complete in time. */
export const TIMED_OUT: Dismissed = {
  ...refusedByProxy,
  reason: { name: 'handshake_timeout', tls: { type: 'timeout', timeout: TLS_HANDSHAKE_TIMEOUT } },
  close: 'rst',
};

/** The client has closed. @param hasSent whether it had sent anything */
export function clientLeft(hasSent: boolean, close: Close): Dismissed {
  return hasSent
    ? { ...ABANDONED, close }
    : { ...closedByClient, reason: { name: 'connection_closed_with_no_data_received' }, close };
}

/** The client's first octets are wrong. @param alert null: the client sent a close_notify */
export function badFirstOctets(alert: TlsAlert | null, erlang: ErlangTls): Dismissed {
  if (alert === null) return ABANDONED;
  const name = alert.detail?.startsWith('{unsupported_') ? 'bad_header' : 'handshake_error';
  const refused = { ...refusedByProxy, reason: { name, tls: { type: 'alert', alert, code: null } } } as const;
  if (alert.by === 'client') return { ...refused, close: 'rst' };
  const farewell = erlang.sendsEarlyAlerts ? alertRecord(alert.number) : NO_FAREWELL;
  return { ...refused, close: erlang.close, farewell };
}

/** OpenSSL has ended the handshake. */
export function opensslFailed(failure: OpensslFailure, erlang: ErlangTls): Dismissed {
  const { alert, record } = erlangFailure(failure, erlang);
  return {
    ...refusedByProxy,
    reason: { name: 'handshake_error', tls: { type: 'alert', alert, code: failure.code } },
    close: alert.by === 'client' ? 'rst' : erlang.close,
    farewell: record ?? NO_FAREWELL,
  };
}
