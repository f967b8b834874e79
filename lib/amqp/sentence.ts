import type { HeaderFailure } from '../proxy-protocol/failure.js';
import { prettyPrint } from './erlang-pretty.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { toText } from './header.js';
import type { LooksLike } from './looks-like.js';
import { oneLine } from './one-line.js';
import type { HandshakeFailure, Reason, TlsFailure } from './reason.js';

/** What one sentence about a connection's end needs to know besides the reason. */
export type Circumstances = {
  /** The first 8 octets of the client at most. */
  readonly header: Uint8Array;
  readonly looksLike: LooksLike | null;
  /** ms */
  readonly handshakeTimeout: number;
  /** How the proxy closed towards the client, if it did. */
  readonly close: 'fin' | 'rst' | null;
  /** The broker, as it was dialled; null if it was not. */
  readonly upstream: string | null;
  /** How the client closed, if it did. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** The client's reset was there before its connection could be accepted: a broker says nothing then. */
  readonly unnoticed: boolean;
};

const octetsCount = (count: number): string => (count === 1 ? '1 octet' : `${count} octets`);
// ASCII throughout: a string of one-octet characters is written several times faster.
const shown = (octets: Uint8Array): string =>
  octets.every((octet) => octet >= 0x20 && octet <= 0x7e)
    ? `'${toText(octets)}'`
    : Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(' ');
const seconds = (ms: number): string => `${ms / 1000} s`;

/** Why a connection ended, in one plain sentence. */
export function sentenceOf(reason: Reason, about: Circumstances): string {
  return oneLine(told(reason, about));
}

function told(reason: Reason, about: Circumstances): string {
  const { header, upstream } = about;
  const closed = about.close === 'fin' ? 'closed' : 'reset';
  const left = about.clientSent === 'rst' ? 'reset the connection' : 'closed the connection';
  const peer = about.looksLike && about.looksLike.what !== 'text' ? `; this looks like ${about.looksLike.detail}` : '';
  if ('tls' in reason) return beforeTls(reason.tls, about, { closed, left, peer });
  if ('proxyHeader' in reason) return withoutProxyHeader(reason.proxyHeader, about, { closed, left, peer });
  switch (reason.name) {
    case 'connection_closed_with_no_data_received':
      if (about.unnoticed)
        return 'The client reset the connection before it was accepted; RabbitMQ would not have noticed it.';
      return `The client ${left} without sending anything: a health check, most likely.`;
    case 'connection_closed_abruptly':
      if (upstream !== null) return `The client ${left} without closing the AMQP connection.`;
      if (header.length === 8) return `The client ${left} after its protocol header, before the broker was dialled.`;
      return `The client ${left} after ${octetsCount(header.length)} (${shown(header)}), before a protocol header was complete${peer}.`;
    case 'handshake_timeout':
      if (upstream !== null)
        return `The client did not finish opening its connection in ${seconds(about.handshakeTimeout)}: ${waitingFor(reason.callback)}.`;
      if (header.length === 0)
        return `The client sent nothing for ${seconds(about.handshakeTimeout)} and was ${closed}.`;
      return `The client sent only ${octetsCount(header.length)} (${shown(header)}) in ${seconds(about.handshakeTimeout)} and was ${closed}${peer}.`;
    case 'bad_header':
      return `The client sent ${shown(header)}, which is no AMQP protocol header, and was refused${peer}.`;
    case 'bad_version':
      return `The client asked for AMQP version ${reason.quad.join(' ')}, which the broker does not speak, and was refused${peer}.`;
    case 'sasl_required':
      return `The client asked for AMQP 1.0 with protocol id ${reason.protocolId}; the broker speaks AMQP 1.0 only with SASL (protocol id 3), and it was refused.`;
    case 'unsupported_amqp1_0_protocol_id':
      return `The client asked for AMQP 1.0 with protocol id ${reason.protocolId}, which the broker does not know, and was refused.`;
    case 'amqp1_0_plugin_not_enabled':
      return 'The client asked for AMQP 1.0, whose plugin is not enabled on the broker, and was refused.';
    case 'handshake_error':
      return `The client did something wrong before its connection was open, and the broker ended it without a word: ${wrong(reason.failure)}.`;
    case 'auth_failure':
      return `The broker refused the login of user '${reason.user ?? '?'}' (${reason.mechanism ?? 'unknown mechanism'}), most likely for its credentials.`;
    case 'vhost_not_found':
    case 'access_refused':
      return `The broker refused to open the virtual host: ${reason.text}.`;
    case 'frame_error':
      return 'The client sent octets that are no frame, and the broker closed the connection.';
    case 'missed_heartbeats':
      return `The client sent nothing, not even a heartbeat, for longer than the ${reason.timeout} s that were agreed on allow, and the broker reset it.`;
    case 'reader_crashed':
      return "The client sent what the broker's reader cannot take, and it died of it.";
    case 'connection_closed':
      if (reason.error !== null)
        return `The broker closed the connection: ${'condition' in reason.error ? reason.error.condition : reason.error.code} ${oneLine(reason.error.text)}.`;
      return 'The AMQP connection was closed in an orderly way.';
    case 'upstream_unreachable':
      return `The broker at ${upstream} could not be reached (${reason.code}), and the client was ${closed}.`;
    case 'upstream_closed':
      return `The broker at ${upstream} ended the connection without closing the AMQP connection.`;
    case 'limit':
      return `The client was ${closed} at once: ${reason.limit} is ${reason.value}.`;
    case 'shutdown':
      return reason.onRequest
        ? 'The proxy ended the connection because somebody asked it to.'
        : 'The proxy was stopped while the connection was open.';
    case 'fault':
      return `The proxy ended the connection: ${faultActed(reason.fault, reason.type, reason.at)}.`;
    default:
      return reason satisfies never;
  }
}

/** What the broker waited for when time was up. */
function waitingFor(callback: HandshakeCallback): string {
  switch (callback.name) {
    case 'handshake':
      return 'a protocol header was due';
    case 'frame_header':
    case 'amqp10_header':
      return 'a frame was due';
    case 'frame_payload':
      return `of a frame of ${callback.size} octets on channel ${callback.channel} the rest was due`;
    case 'amqp10_body':
      return `of a frame on channel ${callback.channel} the rest was due`;
    default:
      return callback satisfies never;
  }
}

function wrong(failure: HandshakeFailure): string {
  switch (failure.type) {
    case 'error':
      return `${failure.error.name} in state ${failure.state}, ${failure.error.explanation.replace(/\s+/g, ' ')}`;
    case 'undecodable':
      return `the arguments of its ${failure.method} cannot be read`;
    case 'tuning':
      return failure.text;
    case 'amqp10':
      return prettyPrint(failure.term, { letter: '~p', width: 0 });
    default:
      return failure satisfies never;
  }
}

type Words = { readonly closed: string; readonly left: string; readonly peer: string };

function beforeTls(failure: TlsFailure, { header }: Circumstances, { closed, left, peer }: Words): string {
  switch (failure.type) {
    case 'no_tls':
      return `The client sent ${shown(header)}, which is no TLS, to a TLS port, and was refused${peer}.`;
    case 'timeout':
      return `The client did not finish its TLS handshake in ${seconds(failure.timeout)} and was ${closed}.`;
    case 'closed':
      return `The client ${left} before its TLS handshake was over.`;
    case 'failed':
      return `The TLS handshake with the client failed (${failure.code}), and the client was ${closed}.`;
    default:
      return failure satisfies never;
  }
}

function withoutProxyHeader(failure: HeaderFailure, { header }: Circumstances, { closed, left, peer }: Words): string {
  const what = header.length === 8 ? shown(header) : `${octetsCount(header.length)} (${shown(header)})`;
  switch (failure.why) {
    case 'timeout':
      if (header.length === 0)
        return `The client sent no PROXY header for ${seconds(failure.timeout)} and was ${closed}.`;
      return `The client sent only a part of a PROXY header in ${seconds(failure.timeout)} and was ${closed}.`;
    case 'closed':
      if (header.length === 0) return `The client ${left} without sending a PROXY header: a health check, most likely.`;
      return `The client ${left} before its PROXY header was complete.`;
    case 'missing':
      return `The client sent ${what}, but no PROXY header, which every connection must begin with here, and was ${closed}${peer}.`;
    case 'untrusted':
      return `The client sent ${what} and was ${closed}: it is none of the trustedSources, whose PROXY headers alone are taken.`;
    case 'malformed':
      return `The client sent a PROXY header that cannot be read, and was ${closed}: ${failure.problem}.`;
    default:
      return failure satisfies never;
  }
}

/** Which fault acted, and at which moment. */
export function faultActed(name: string, type: string, at: string): string {
  return `fault ${name === type ? type : `'${name}' (${type})`} acted at ${at}`;
}
