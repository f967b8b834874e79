import { describeReason } from '../amqp/describe-reason.js';
import { toHex, toText } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import type { Reason, ReasonName } from '../amqp/reason.js';
import type { Facts } from './facts.js';
import { faultSentence } from './fault-sentence.js';
import type { Report } from './report.js';

/** The part of a report that describes in words what the client sent and how the connection ended. */
export type Description = Pick<Report, 'reason' | 'looksLike' | 'header'>;

/** Maximum descriptions kept. When there are more, all are dropped. */
const KEPT_MAX = 1024;
const kept = new Map<string, Description>();

/**
 * Describes the end of a connection. Most refused connections come from the same few health checks and misdirected
 * clients, so equal descriptions are cached, and the same objects are returned.
 */
export function describe(facts: Facts): Description {
  const key = keyOf(facts);
  if (key === undefined) return make(facts);
  const known = kept.get(key);
  if (known) return known;
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

/** Returns everything that a description depends on; undefined for reasons that have other details. */
function keyOf(facts: Facts): string | undefined {
  const { reason, dialect, header, ended, handshakeTimeout, upstream, inferred, client } = facts;
  const { tls, fault, due, connectionClose } = facts;
  if (fault !== null || tls !== null || due !== null || connectionClose !== null) return undefined;
  if (!IMPLIED.has(reason.name) || 'proxyHeader' in reason) return undefined;
  let key = `${reason.name} ${dialect.name} ${handshakeTimeout} ${ended.clientSaw} ${ended.clientSent} ${upstream} ${inferred} ${client === null} ${isUpstreamMute(facts)} ${facts.vanished} `;
  for (const octet of header) key += String.fromCharCode(octet);
  return key;
}

function make(facts: Facts): Description {
  const { reason, dialect, header, ended, handshakeTimeout, upstream, inferred, client, tls, due, connectionClose } =
    facts;
  // After a successful TLS handshake the header is the one inside TLS.
  const hello = tls?.terminated && tls.version !== null ? null : tls;
  const peer = hasRequiredProxyHeader(reason) ? null : looksLike(header, hello, tls?.terminated);
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
  const sentence = faultSentence(facts) ?? described.sentence;
  return {
    reason: { ...described, sentence, inferred },
    looksLike: peer,
    header: { hex: toHex(header), text: toText(header) },
  };
}

/** A broker that requires a PROXY header resets a connection without one, and sends nothing. */
const isUpstreamMute = ({ reason, octets, sendsProxyHeader }: Facts): boolean =>
  reason.name === 'upstream_closed' && octets.sent === 0 && !sendsProxyHeader;

/** Whether the connection began with the required PROXY header, which says nothing about the client itself. */
function hasRequiredProxyHeader(reason: Reason): boolean {
  return 'proxyHeader' in reason && !['missing', 'untrusted'].includes(reason.proxyHeader.why);
}
