import { type Dialect, negotiate } from '../amqp/dialect.js';
import { HEADER_LENGTH, isAmqp10, type Quad, quadOf } from '../amqp/header.js';
import { type LooksLike, looksLike } from '../amqp/looks-like.js';
import type { Reason, ReasonName } from '../amqp/reason.js';
import type { Close } from '../close.js';
import type { HealthCheckStyle } from './style-docs.js';

export { type HealthCheckStyle, STYLE_DOCS } from './style-docs.js';

/** What the style of an ended connection is derived from. The facts of a report have all of it. Times are in ms. */
export type Ending = {
  readonly reason: Reason;
  readonly dialect: Dialect;
  /** The first octets from the client, at most 8. */
  readonly header: Uint8Array;
  readonly octets: { readonly received: number; readonly sent: number };
  readonly ended: { readonly by: 'client' | 'upstream' | 'proxy'; readonly clientSent: Close | null };
  readonly durationMs: number;
  readonly handshakeTimeout: number;
  readonly timing: { readonly headerMs: number | null; readonly openMs: number | null };
  /** The address that was dialed; null if nothing was. */
  readonly upstream: string | null;
  /** The load balancer that named its client in a PROXY header; null if none did. */
  readonly via: string | null;
  readonly tls: { readonly version: string | null; readonly terminated: boolean } | null;
  readonly connectionClose: { readonly by: 'client' | 'upstream' | 'proxy' } | null;
  readonly faults: { readonly length: number };
  readonly isLocal: boolean;
  readonly vanished: boolean;
  readonly hasStart: boolean;
  readonly hasStartOk: boolean;
  readonly hasChannel: boolean;
};

/** How long after Open-Ok a client has left at once, in ms: enough for an orderly Close over a slow network. */
const AT_ONCE = 2_000;
/** A client that leaves within this time after its protocol header did not wait for Start, in ms. */
const UNWAITED = 500;

/** How much earlier than the handshake timeout of the proxy that of the broker may come, in ms. */
const EARLY = 250;

/** The reasons with which a broker refuses the first 8 octets. */
const REFUSALS: ReadonlySet<ReasonName> = new Set([
  'bad_header',
  'bad_version',
  'sasl_required',
  'unsupported_amqp1_0_protocol_id',
  'amqp1_0_plugin_not_enabled',
]);

/** The reasons that say nothing about the client. */
const NOT_THE_CLIENT: ReadonlySet<ReasonName> = new Set([
  'upstream_unreachable',
  'upstream_closed',
  'limit',
  'shutdown',
  'fault',
  'health_check_failed',
  'reader_crashed',
]);

/** Protocols that are lines of text which a person or a script could have written. */
const TEXTS: ReadonlySet<string> = new Set(['text', 'line_feeds', 'smtp', 'amqp_text']);
/** Whether an octet is a printable character, a tab or a line end. */
const isText = (octet: number): boolean =>
  (octet >= 0x20 && octet <= 0x7e) || octet === 0x09 || octet === 0x0a || octet === 0x0d;

/**
 * Returns what a connection did, or null if that is not the pattern of a health check: the client worked, or it left because
 * the broker did not send Start, or a fault, the proxy or the broker ended the connection.
 *
 * @param known what the client looks like, if that was found out before
 */
export function styleOf(ending: Ending, known: LooksLike | null = null): HealthCheckStyle | null {
  if (ending.isLocal) return 'proxy_local';
  if (isCutShort(ending)) return null;
  const { header, tls } = ending;
  if (tls?.terminated && tls.version === null && isHello(header)) return 'tls_hello';
  if (header.length === 0) return silent(ending);
  if (header.length < HEADER_LENGTH) return 'partial';
  const quad = quadOf(header);
  const isAccepted = quad !== undefined && negotiate(quad, ending.dialect, true) === 'accept';
  if (isAccepted && !REFUSALS.has(ending.reason.name) && !('tls' in ending.reason)) return spoken(ending, quad);
  return unspoken(ending, known);
}

/** Whether something other than the client decided how the connection ended, so that it does not show what the client does. */
export function isCutShort(ending: Ending): boolean {
  const { reason, faults, vanished, isLocal } = ending;
  if (isLocal) return false;
  return faults.length > 0 || vanished || (NOT_THE_CLIENT.has(reason.name) && !hasTimedOut(ending));
}

/** Whether the client had not sent 8 octets at the handshake timeout: the proxy's, or in observe mode the broker's. */
function hasTimedOut({ reason, header, octets, durationMs, handshakeTimeout }: Ending): boolean {
  if (reason.name === 'handshake_timeout') return true;
  if (reason.name !== 'upstream_closed' || header.length >= HEADER_LENGTH || octets.sent > 0) return false;
  return durationMs >= handshakeTimeout - EARLY;
}

/** The client sent nothing, or nothing after its PROXY header or TLS handshake. */
function silent(ending: Ending): HealthCheckStyle | null {
  const { via, tls, ended } = ending;
  if (hasTimedOut(ending)) return 'hold';
  if (ended.by !== 'client') return null;
  if (tls?.terminated && tls.version !== null) return 'tls_handshake';
  if (via !== null) return 'proxy_only';
  return ended.clientSent === 'rst' ? 'no_data_reset' : 'no_data';
}

/** The client sent a protocol header that this broker accepts. */
function spoken(ending: Ending, quad: Quad): HealthCheckStyle | null {
  const { reason, ended, connectionClose, octets, hasStart, hasStartOk, hasChannel, timing, durationMs } = ending;
  // A broker rejects a Close before Open-Ok as an unexpected method.
  if (hasStart && !hasStartOk && isEarlyClose(reason)) return 'header_close';
  const isClosedByClient = connectionClose === null ? ended.by === 'client' : connectionClose.by === 'client';
  if (!isClosedByClient) return null;
  if (timing.openMs !== null) return hasChannel || durationMs - timing.openMs > AT_ONCE ? null : 'login';
  if (hasStartOk || connectionClose !== null) return null;
  if (reason.name !== 'connection_closed_abruptly') return null;
  // AMQP 1.0 has no Start-Ok: there, what follows the header belongs to a login.
  if (isAmqp10(quad) && octets.received > HEADER_LENGTH) return null;
  const isUnwaited = ending.upstream === null || durationMs - (timing.headerMs ?? 0) <= UNWAITED;
  return hasStart || isUnwaited ? 'header_only' : null;
}

const isEarlyClose = (reason: Reason): boolean =>
  'failure' in reason && reason.failure.type === 'error' && reason.failure.error.method === 'connection.close';

/** The client sent 8 octets that this broker refuses. */
function unspoken(ending: Ending, known: LooksLike | null): HealthCheckStyle | null {
  const { reason, header, ended, octets } = ending;
  const isRefused = REFUSALS.has(reason.name) || 'tls' in reason;
  if (isHello(header)) {
    // The length of the record is in its fourth and fifth octet. An alert of 7 octets may follow.
    const hello = 5 + ((header[3] as number) << 8) + (header[4] as number);
    const isGone = ended.by === 'client' && octets.received <= hello + 7;
    return isRefused || isGone ? 'tls_hello' : null;
  }
  return isRefused ? foreignStyle(header, known) : null;
}

/**
 * The style of first octets that are neither a protocol header nor a TLS ClientHello.
 *
 * @param known what they look like, if that is known
 */
export function foreignStyle(
  header: Uint8Array,
  known: LooksLike | null = null,
): 'http' | 'proxy_only' | 'text' | 'other' {
  const what = (known ?? looksLike(header))?.what;
  if (what === 'http' || what === 'http2') return 'http';
  if (what === 'proxy_protocol_v1' || what === 'proxy_protocol_v2') return 'proxy_only';
  if (what !== undefined && !TEXTS.has(what)) return 'other';
  return header.every(isText) ? 'text' : 'other';
}

/** Whether these octets begin a TLS ClientHello. */
export const isHello = (header: Uint8Array): boolean => header[0] === 0x16 && header[1] === 0x03 && header[5] === 0x01;
