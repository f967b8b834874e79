import { describeReason } from '../amqp/describe-reason.js';
import { toHex, toText } from '../amqp/header.js';
import { type LooksLike, looksLike } from '../amqp/looks-like.js';
import { isRefusedVersion, type Reason, type ReasonName } from '../amqp/reason.js';
import { answerSentence } from './answer-sentence.js';
import type { Facts } from './facts.js';
import { faultSentence } from './fault-sentence.js';
import type { Report } from './report.js';

/** The part of a report that describes in words what the client sent and how the connection ended. */
export type Description = Pick<Report, 'reason' | 'looksLike' | 'header'>;

/** Maximum descriptions kept. When there are more, all are dropped. */
const KEPT_MAX = 1024;
const kept = new Map<string, Description>();
/** The last description of each reason. A comparison finds it in less time than its key takes to make. */
const last = new Map<ReasonName, { readonly basis: Basis; readonly description: Description }>();

/**
 * Describes the end of a connection. Most refused connections come from the same few health checks and misdirected
 * clients, so equal descriptions are cached, and the same objects are returned.
 */
export function describe(facts: Facts): Description {
  if (!isShared(facts)) return make(facts);
  const basis = basisOf(facts);
  const before = last.get(basis.name);
  if (before !== undefined && isEqual(before.basis, basis)) return before.description;
  const description = keptOf(facts, basis);
  // The header is not retained, because it may be a part of much memory.
  last.set(basis.name, { basis: { ...basis, header: new Uint8Array(basis.header) }, description });
  return description;
}

function keptOf(facts: Facts, basis: Basis): Description {
  const key = keyOf(basis);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make(facts);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, made);
  return made;
}

/** Reasons whose details follow from the header. */
const IMPLIED: ReadonlySet<ReasonName> = new Set([
  'connection_closed_with_no_data_received',
  'connection_closed_abruptly',
  'bad_header',
  'bad_version',
  'sasl_required',
  'unsupported_amqp1_0_protocol_id',
  'amqp1_0_plugin_not_enabled',
  'upstream_closed',
  'shutdown',
]);

/** Whether a description depends on nothing but its basis. */
function isShared({ reason, tls, fault, due, connectionClose, healthCheckAnswer }: Facts): boolean {
  if (healthCheckAnswer !== null) return false;
  if (fault !== null || tls !== null || due !== null || connectionClose !== null) return false;
  return IMPLIED.has(reason.name) && !('proxyHeader' in reason);
}

/** Everything that a shared description depends on. */
const basisOf = (facts: Facts) => ({
  name: facts.reason.name,
  dialect: facts.dialect.name,
  handshakeTimeout: facts.handshakeTimeout,
  clientSaw: facts.ended.clientSaw,
  clientSent: facts.ended.clientSent,
  upstream: facts.upstream,
  inferred: facts.inferred,
  isUnnoticed: facts.client === null,
  isMute: isUpstreamMute(facts),
  vanished: facts.vanished,
  userAgent: facts.request?.userAgent ?? '',
  header: facts.header,
});
type Basis = ReturnType<typeof basisOf>;

function isEqual(one: Basis, other: Basis): boolean {
  if (one.header.length !== other.header.length) return false;
  for (let at = 0; at < one.header.length; at++) if (one.header[at] !== other.header[at]) return false;
  return (
    one.dialect === other.dialect &&
    one.handshakeTimeout === other.handshakeTimeout &&
    one.clientSaw === other.clientSaw &&
    one.clientSent === other.clientSent &&
    one.upstream === other.upstream &&
    one.inferred === other.inferred &&
    one.isUnnoticed === other.isUnnoticed &&
    one.isMute === other.isMute &&
    one.vanished === other.vanished &&
    one.userAgent === other.userAgent
  );
}

function keyOf({ header, ...others }: Basis): string {
  let key = `${Object.values(others).join(' ')} `;
  for (const octet of header) key += String.fromCharCode(octet);
  return key;
}

function make(facts: Facts): Description {
  const { reason, dialect, header, ended, handshakeTimeout, upstream, inferred, client, tls, due, connectionClose } =
    facts;
  // After a successful TLS handshake the header is the one inside TLS.
  const hello = tls?.terminated && tls.version !== null ? null : tls;
  const peer = hasRequiredProxyHeader(reason)
    ? null
    : looksLike(header, hello, tls?.terminated, isRefusedVersion(reason));
  const described = describeReason(reason, dialect, {
    header,
    looksLike: peer,
    handshakeTimeout,
    close: ended.clientSaw,
    upstream,
    clientSent: ended.clientSent,
    unnoticed: client === null,
    isUpstreamMute: isUpstreamMute(facts),
    vanished: facts.vanished,
    overTls: tls?.terminated === true && tls.version !== null,
    due,
    clientClosed: connectionClose?.by === 'client',
    onTlsPort: tls?.terminated ?? false,
  });
  const sentence = faultSentence(facts) ?? answerSentence(facts) ?? described.sentence;
  return {
    reason: { ...described, sentence, inferred },
    looksLike: withUserAgent(peer, facts.request),
    header: { hex: toHex(header), text: toText(header) },
  };
}

/** Names the program of an HTTP request. The reason does not depend on it. */
function withUserAgent(peer: LooksLike | null, request: Facts['request']): LooksLike | null {
  if (peer?.what !== 'http' || request === null || request.userAgent === null) return peer;
  return { ...peer, detail: `${peer.detail}. Its User-Agent is ${request.userAgent}` };
}

/** A broker that requires a PROXY header resets a connection without one, and sends nothing. */
const isUpstreamMute = ({ reason, octets, sendsProxyHeader }: Facts): boolean =>
  reason.name === 'upstream_closed' && octets.sent === 0 && !sendsProxyHeader;

/** Whether the connection began with the required PROXY header, which says nothing about the client itself. */
function hasRequiredProxyHeader(reason: Reason): boolean {
  return 'proxyHeader' in reason && !['missing', 'untrusted'].includes(reason.proxyHeader.why);
}
