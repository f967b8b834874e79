import { describeReason } from '../amqp/describe-reason.js';
import { toHex, toText } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import type { Reason, ReasonName } from '../amqp/reason.js';
import type { Facts } from './facts.js';
import { faultSentence } from './fault-sentence.js';
import type { Report } from './report.js';

/** The part of a report that is words about what the client sent and how it ended. */
export type Description = Pick<Report, 'reason' | 'looksLike' | 'header'>;

/** How many descriptions are kept. When there are more, they are all forgotten. */
const KEPT_MAX = 1024;
const kept = new Map<string, Description>();

/**
 * Describes the end of a connection. Most that are refused are one and the same health check or misdirected client
 * again, so a description is made once, and the same objects are given for the next one that is alike.
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

/** Reasons that have no details, or only such as follow from the header. */
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

/** Everything that a description depends on; undefined for reasons with details of their own. */
function keyOf({
  reason,
  dialect,
  header,
  ended,
  handshakeTimeout,
  upstream,
  inferred,
  client,
  tls,
  fault,
}: Facts): string | undefined {
  if (fault !== null || tls !== null || !IMPLIED.has(reason.name) || 'proxyHeader' in reason) return undefined;
  let key = `${reason.name} ${dialect.name} ${handshakeTimeout} ${ended.clientSaw} ${ended.clientSent} ${upstream} ${inferred} ${client === null} `;
  for (const octet of header) key += String.fromCharCode(octet);
  return key;
}

function make(facts: Facts): Description {
  const { reason, dialect, header, ended, handshakeTimeout, upstream, inferred, client, tls } = facts;
  // Behind a handshake that was good the header is what came inside.
  const hello = tls?.terminated && tls.version !== null ? null : tls;
  const peer = beganAsItMust(reason) ? null : looksLike(header, hello);
  const described = describeReason(reason, dialect, {
    header,
    looksLike: peer,
    handshakeTimeout,
    close: ended.clientSaw,
    upstream,
    clientSent: ended.clientSent,
    unnoticed: client === null,
  });
  const sentence = faultSentence(facts) ?? described.sentence;
  return {
    reason: { ...described, sentence, inferred },
    looksLike: peer,
    header: { hex: toHex(header), text: toText(header) },
  };
}

/** The PROXY header that began it is what was asked for, and tells nothing of the client. */
function beganAsItMust(reason: Reason): boolean {
  return 'proxyHeader' in reason && !['missing', 'untrusted'].includes(reason.proxyHeader.why);
}
