import { looksLike } from '../amqp/looks-like.js';
import { oneLine } from '../text/one-line.js';
import { octetsOf, unwrap } from './erlang-text.js';
import type { Explanation } from './explanation.js';
import type { LogEntry } from './log-entry.js';
import { entryOfReplyText } from './reply-text.js';
import type { Match, Row } from './row.js';
import { NO_SUBJECT, type Subject, subjectOf } from './subject.js';
import { ENTRY_FAMILIES, REASON_ROWS } from './table.js';
import { UNKNOWN } from './unknown.js';
import { shellWord, worded } from './words.js';

/** Entries of an AMQP reader that have a reason after the connection. */
const OF_READER = /^(?:(?:[cC]losing|Error on|exception on) (?:AMQP|TCP)\b|AMQP connection <)/;
/** A reason on its own, as people quote it. */
const BARE =
  /^(?:\{|client |missed |connection_closed|amqp1_0_|failed to negotiate|fatal_frame|[A-Z]+ login refused|ACCESS_REFUSED - Login|FORMATTER|operation |TLS client detected|HTTP \w+ request detected|RabbitMQ requires SASL|vhost \S+ not found|access to vhost '|[cC]onnection refused\b)/;
const SHOWS_OCTETS = /^(?:\{bad_header,|client did not start with AMQP protocol header: )(<<[\s\S]*)/;

/** An entry that is longer is explained by its beginning: the rest is a stack trace or a state of the broker. */
const LONGEST = 20_000;

const TLS_HELLO = Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01);
const HTTP_GET = Uint8Array.from('GET / HT', (letter) => letter.charCodeAt(0));

/**
 * Explains an entry of a broker's log: RabbitMQ 3.6 to 4.4. The entry is without the prefixes of its lines. The text that a
 * client gets with a Close is explained like the entry about the same error.
 *
 * @returns null for an entry that is not about a client's connection. An entry about a connection that the table does not
 * contain has the name `unknown_connection_entry`.
 */
export function explainEntry({ text }: LogEntry): Explanation | null {
  const entry = entryOfReplyText(text.trimStart().slice(0, LONGEST));
  const isOfReader = OF_READER.test(entry);
  if (isOfReader || BARE.test(entry)) {
    const subject = isOfReader ? subjectOf(entry) : NO_SUBJECT;
    const reason = isOfReader ? reasonIn(entry, subject) : entry;
    const explained = reason === '' ? null : explainReason(unwrap(reason), subject);
    if (explained !== null) return explained;
  }
  for (const { begins, rows } of ENTRY_FAMILIES) {
    if (begins !== undefined && !begins.test(entry)) continue;
    const subject = subjectOf(entry);
    const text = entry.startsWith('Channel error') ? withException(entry, subject) : entry;
    const explained = firstMatch(rows, text, subject, null);
    if (explained !== null) return explained;
  }
  return UNKNOWN.pattern.test(entry) ? firstMatch([UNKNOWN], entry, subjectOf(entry), null) : null;
}

/** The reason in an entry; some have it after the reader's process instead of a connection. */
function reasonIn(entry: string, subject: Subject): string {
  if (subject.rest.trim() !== '') return subject.rest.trim();
  return /^(?:Error on|Closing) AMQP[^:(]*<[\d.]+>:\s*([\s\S]*)/.exec(entry)?.[1] ?? '';
}

function explainReason(reason: string, subject: Subject): Explanation | null {
  const told = asException(reason, 'connection');
  return firstMatch(REASON_ROWS, told, subject, shownOctets(told));
}

/** The entry about a channel, with its exception as a sentence. */
function withException(entry: string, { rest }: Subject): string {
  const reason = rest.trim();
  if (!reason.startsWith('{amqp_error,')) return entry;
  return `${entry.slice(0, entry.length - rest.length)}\n${asException(unwrap(reason), 'channel')}`;
}

/** Before 3.6.1, exceptions were printed as terms. They are read as the sentences of later versions. */
function asException(reason: string, of: 'connection' | 'channel'): string {
  const [, name, explanation, method] = /^\{amqp_error,(\w+),"?(.*?)"?,'?([\w.]+)'?\}/s.exec(reason) ?? [];
  return name === undefined ? reason : `operation ${method} caused a ${of} exception ${name}: ${explanation}`;
}

function shownOctets(reason: string): Uint8Array | null {
  if (reason.startsWith('TLS client detected') || /^\{(?:bad_header,detected_tls|detected_unexpected_tls)/.test(reason))
    return TLS_HELLO;
  if (reason.startsWith('HTTP GET request detected') || reason.startsWith('{bad_header,detected_http')) return HTTP_GET;
  const binary = SHOWS_OCTETS.exec(reason)?.[1];
  return binary === undefined ? null : octetsOf(binary);
}

function firstMatch(
  rows: readonly Row[],
  text: string,
  subject: Subject,
  octets: Uint8Array | null,
): Explanation | null {
  const peer = octets && looksLike(octets);
  for (const row of rows) {
    const found = row.pattern.exec(text);
    if (found === null) continue;
    const match: Match = { subject, groups: found.groups ?? {}, looksLike: peer, octets, text };
    if (row.when === undefined || row.when(match)) return explanationOf(row, match);
  }
  return null;
}

function explanationOf(row: Row, match: Match): Explanation {
  const { subject, groups } = match;
  const client = subject.client ?? groups['client'] ?? null;
  const named: Match = { ...match, subject: { ...subject, client } };
  return {
    name: row.name,
    reason: typeof row.reason === 'function' ? row.reason(match) : row.reason,
    client,
    listener: subject.listener ?? groups['listener'] ?? null,
    user: subject.user ?? groups['user'] ?? null,
    vhost: subject.vhost ?? groups['vhost'] ?? null,
    looksLike: match.looksLike,
    what: oneLine(worded(row.what, named)),
    cause: oneLine(worded(row.cause, named)),
    worry: row.worry,
    fix: oneLine(worded(row.fix, named, shellWord)),
    docs: `log-lines.md#${row.name}`,
  };
}
