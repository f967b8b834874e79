import type { HeaderFailure } from '../proxy-protocol/failure.js';
import { oneLine } from '../text/one-line.js';
import { alertName } from '../tls/alert.js';
import { clientLeft, timedOut } from './due-sentence.js';
import { prettyPrint } from './erlang-pretty.js';
import { limitSentence } from './limit.js';
import type { LooksLike } from './looks-like.js';
import type { Due } from './owed.js';
import { PLAIN_WORDS, shownOctets as shown } from './plain-words.js';
import type { HandshakeFailure, Reason, TlsFailure } from './reason.js';
import { isSecondHeader } from './second-header.js';

/** What the sentence about the end of a connection needs in addition to the reason. */
export type Circumstances = {
  /** At most the first 8 octets from the client. */
  readonly header: Uint8Array;
  readonly looksLike: LooksLike | null;
  /** ms */
  readonly handshakeTimeout: number;
  /** How the proxy closed the connection to the client; null: it did not. */
  readonly close: 'fin' | 'rst' | null;
  /** The address of the broker that the proxy connected to; null: it did not connect. */
  readonly upstream: string | null;
  /** How the client closed the connection; null: it did not. */
  readonly clientSent: 'fin' | 'rst' | null;
  /** Whether the client reset the connection before it could be accepted. A broker logs nothing in this case. */
  readonly unnoticed: boolean;
  /** Whether the broker ended the connection without sending anything, and was sent no PROXY header. @defaultValue false */
  readonly isUpstreamMute?: boolean;
  /** Whether the side that ended the connection no longer answered. @defaultValue false */
  readonly vanished?: boolean;
  /** Whether the proxy ended TLS here, and the TLS handshake was complete. */
  readonly overTls: boolean;
  /** What was owed on a connection that was not open yet; null if nothing was. */
  readonly due: Due | null;
  /** Whether the client sent a Close. */
  readonly clientClosed: boolean;
  /** Whether the proxy terminates TLS on this port. */
  readonly onTlsPort: boolean;
};

const VANISHED = 'vanished: it no longer answered TCP keepalive probes or data';

const byteCount = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);
const seconds = (ms: number): string => `${ms / 1000} s`;

/**
 * Why a connection ended, in one or two plain sentences on one line. The text is for people: it may change between
 * releases, unlike `reason.name` and `reason.term`.
 */
export function sentenceOf(reason: Reason, about: Circumstances): string {
  const remark = isSecondHeader(reason) ? ' The client sent a second protocol header where a frame was due.' : '';
  return oneLine(describe(reason, about) + remark);
}

function describe(reason: Reason, about: Circumstances): string {
  const { header, upstream } = about;
  const closed = about.close === 'fin' ? 'closed' : 'reset';
  const left = about.clientSent === 'rst' ? 'reset the connection' : 'closed the connection';
  const peer = about.looksLike && about.looksLike.what !== 'text' ? `. It looks like ${about.looksLike.detail}` : '';
  if ('tls' in reason) return beforeTls(reason, about, { closed, left, peer });
  if (about.vanished && reason.name === 'connection_closed_abruptly') return `The client ${VANISHED}.`;
  if (about.vanished && reason.name === 'upstream_closed')
    return `The broker at ${upstream} ${VANISHED}, and the client was ${closed}.`;
  if ('proxyHeader' in reason) return withoutProxyHeader(reason.proxyHeader, about, { closed, left, peer });
  switch (reason.name) {
    case 'connection_closed_with_no_data_received':
      if (about.unnoticed)
        return 'The client reset the connection before it was accepted. RabbitMQ would not have noticed it.';
      return `The client ${left} ${PLAIN_WORDS[reason.name]}${about.overTls ? ' after its TLS handshake' : ''}. It is probably a health check.`;
    case 'connection_closed_abruptly':
      if (upstream !== null && about.clientClosed)
        return `The client sent Close and ${left} before the broker at ${upstream} sent Close-Ok.`;
      if (upstream !== null && about.due !== null) return clientLeft({ upstream, due: about.due, header }, left);
      if (upstream !== null) return `The client ${left} ${PLAIN_WORDS[reason.name]}.`;
      if (header.length === 8)
        return `The client ${left} after its protocol header, before the proxy connected to the broker.`;
      return `The client ${left} after ${byteCount(header.length)} (${shown(header)}), before sending a complete protocol header${peer}.`;
    case 'handshake_timeout':
      if (upstream !== null && about.due !== null)
        return (
          timedOut({ upstream, due: about.due, header }, about.handshakeTimeout, reason.callback) + afterTls(about)
        );
      if (upstream !== null)
        return `The client did not open its AMQP connection within ${seconds(about.handshakeTimeout)}.`;
      if (header.length === 0)
        return `The client sent nothing for ${seconds(about.handshakeTimeout)} and was ${closed}.${afterTls(about)} RabbitMQ logs \`accepting\` only now: it waits for the first byte.`;
      return `The client sent only ${byteCount(header.length)} (${shown(header)}) in ${seconds(about.handshakeTimeout)} and was ${closed}${peer}.${afterTls(about)}`;
    case 'bad_header':
      if (about.looksLike?.what === 'tls' && !about.onTlsPort)
        return `The client ${PLAIN_WORDS[reason.name](header)}, and was refused${peer}. To accept TLS on this port, set tls.`;
      return `The client ${PLAIN_WORDS[reason.name](header)}, and was refused${peer}.`;
    case 'bad_version':
      return `The client ${PLAIN_WORDS[reason.name](reason.quad)}, and was refused${peer}.`;
    case 'sasl_required':
      return `The client ${PLAIN_WORDS[reason.name](reason.protocolId)}.`;
    case 'unsupported_amqp1_0_protocol_id':
      return `The client ${PLAIN_WORDS[reason.name](reason.protocolId)}.`;
    case 'amqp1_0_plugin_not_enabled':
      return `The client ${PLAIN_WORDS[reason.name]}.`;
    case 'handshake_error':
      return `The broker rejected the client's handshake: ${problem(reason.failure)}.`;
    case 'auth_failure':
      return `The broker refused the login of user '${reason.user ?? '?'}' (${reason.mechanism ?? 'unknown mechanism'}), probably because of wrong credentials.`;
    case 'vhost_not_found':
    case 'access_refused':
      return `The broker refused to open the virtual host: ${reason.text}.`;
    case 'frame_error':
      return `The client ${PLAIN_WORDS[reason.name]}.`;
    case 'missed_heartbeats':
      return `The client ${PLAIN_WORDS[reason.name](reason.timeout)}.`;
    case 'reader_crashed':
      return `The client ${PLAIN_WORDS[reason.name]}.`;
    case 'connection_closed':
      if (reason.error !== null)
        return `The broker closed the connection: ${'condition' in reason.error ? reason.error.condition : reason.error.code} ${oneLine(reason.error.text)}.`;
      return 'The AMQP connection was closed cleanly.';
    case 'upstream_unreachable':
      return `The broker at ${upstream} could not be reached${unresolved(reason.code, upstream)} (${reason.code}), and the client was ${closed}.`;
    case 'upstream_closed':
      if (about.isUpstreamMute)
        return `The broker at ${upstream} ended the TCP connection without sending anything. It probably requires a PROXY header: if so, set proxyProtocol.send.`;
      return `The broker at ${upstream} ended the TCP connection without closing the AMQP connection.`;
    case 'limit':
      return limitSentence(reason, { closed, upstream });
    case 'shutdown':
      return reason.onRequest
        ? 'The proxy ended the connection on request.'
        : 'The proxy was stopped while the connection was open.';
    case 'fault':
      return `The proxy ended the connection: ${faultActed(reason.fault, reason.type, reason.at)}.`;
    case 'health_check_failed':
      return `The proxy made this health check fail on purpose, because of healthChecks: it ${failed(reason.failWith, about, left)}.`;
    default:
      return reason satisfies never;
  }
}

function failed(failWith: 'rst' | 'silence' | 'refuse', { clientSent, handshakeTimeout }: Circumstances, left: string) {
  if (failWith === 'rst') return 'reset the connection';
  if (failWith === 'refuse') return 'refused the protocol header as RabbitMQ refuses a bad one';
  return clientSent === null
    ? `sent nothing for ${seconds(handshakeTimeout)}`
    : `sent nothing until the client ${left}`;
}

/** Why the host name of an address could not be resolved; empty if it was. */
function unresolved(code: string, address: string | null): string {
  const host = address?.replace(/:\d+$/, '');
  if (code === 'ENOTFOUND') return ` because the host name ${host} is unknown`;
  return code === 'EAI_AGAIN' ? ` because DNS gave no answer for the host name ${host}` : '';
}

const afterTls = ({ overTls }: Circumstances): string => (overTls ? ' Its TLS handshake was complete.' : '');

function problem(failure: HandshakeFailure): string {
  switch (failure.type) {
    case 'error':
      return `${failure.error.name} in state ${failure.state}, ${failure.error.explanation.replace(/\s+/g, ' ')}`;
    case 'undecodable':
      return `the arguments of its ${failure.method} cannot be decoded`;
    case 'tuning':
      return failure.text;
    case 'amqp10':
      return prettyPrint(failure.term, { letter: '~p', width: 0 });
    default:
      return failure satisfies never;
  }
}

type Words = { readonly closed: string; readonly left: string; readonly peer: string };

type BeforeTls = Extract<Reason, { tls: TlsFailure }>;

function beforeTls({ name, tls: failure }: BeforeTls, { header }: Circumstances, words: Words): string {
  const { closed, left } = words;
  switch (failure.type) {
    case 'alert':
      return alerted(failure, name === 'bad_header', header, words);
    case 'timeout':
      return `The client did not complete its TLS handshake within ${seconds(failure.timeout)} and was ${closed}.`;
    case 'closed':
      return `The client ${left} before its TLS handshake was complete.`;
    default:
      return failure satisfies never;
  }
}

/** Alerts of a client that refuses the certificate it received. */
const UNTRUSTED: ReadonlySet<string> = new Set(['unknown_ca', 'bad_certificate', 'certificate_unknown']);

function alerted(
  { alert, code }: Extract<TlsFailure, { type: 'alert' }>,
  isWithoutTls: boolean,
  header: Uint8Array,
  { closed, peer }: Words,
): string {
  const name = alertName(alert.number);
  if (alert.by === 'client') {
    const why = UNTRUSTED.has(name) ? '. It does not trust the certificate of this port' : '';
    return `The client ended its TLS handshake with the alert ${name} and was ${closed}${why}.`;
  }
  if (code !== null) return `The TLS handshake with the client failed (${code}), and the client was ${closed}.`;
  if (!isWithoutTls) return `The client sent a malformed TLS handshake (${name}) and was ${closed}.`;
  return `The client sent ${shown(header)}, which is not TLS, to a TLS port and was refused${peer}. It must use TLS, or a port without tls.`;
}

function withoutProxyHeader(failure: HeaderFailure, { header }: Circumstances, { closed, left, peer }: Words): string {
  const what = header.length === 8 ? shown(header) : `${byteCount(header.length)} (${shown(header)})`;
  switch (failure.why) {
    case 'timeout':
      if (header.length === 0)
        return `The client sent no PROXY header within ${seconds(failure.timeout)} and was ${closed}.`;
      return `The client sent only part of a PROXY header within ${seconds(failure.timeout)} and was ${closed}.`;
    case 'closed':
      if (header.length === 0)
        return `The client ${left} without sending a PROXY header. It is probably a health check.`;
      return `The client ${left} before its PROXY header was complete.`;
    case 'missing':
      return `The client sent ${what} instead of a PROXY header, which this port requires (proxyProtocol.accept), and was ${closed}${peer}.`;
    case 'untrusted':
      return `The client sent ${what} and was ${closed}. PROXY headers are accepted only from proxyProtocol.trustedSources, which do not include this client.`;
    case 'malformed':
      return `The client sent a malformed PROXY header and was ${closed}: ${failure.problem}.`;
    default:
      return failure satisfies never;
  }
}

/** Names the fault that acted, and the moment at which it did. */
export function faultActed(name: string, type: string, at: string): string {
  return `fault ${name === type ? type : `'${name}' (${type})`} acted at ${at}`;
}
