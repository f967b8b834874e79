import { explainEntry } from '../explain/explain-entry.js';
import type { Explanation } from '../explain/explanation.js';
import type { LogEntry } from '../explain/log-entry.js';
import { replyTextIn } from '../explain/reply-text.js';
import { isoTime } from '../text/iso-time.js';
import { EntryReader } from './entry-reader.js';
import { unwrap } from './envelope.js';
import { splitAtPrefixes } from './rabbitmq-prefix.js';
import { withShellQuotes } from './shell-quotes.js';

/** An entry of a log with its explanation. */
export type ExplainedEntry = {
  /** Null if the entry has no time. A time without a zone is taken as UTC. */
  readonly at: string | null;
  /** Null if the entry does not say. */
  readonly level: LogEntry['level'];
  /** The message, without the prefixes of its lines. */
  readonly text: string;
  /** Null if the entry is not about a client's connection. */
  readonly explanation: Explanation | null;
};

/**
 * Explains pasted text: an entry, several, only a reason such as `{handshake_timeout,handshake}`, or a message of a client
 * with the text of a Close. Line ends and quotes may be lost in a shell, and line ends may be written as `\n`.
 *
 * @param now ms since 1970, for times without a year
 */
export function explainPasted(text: string, now: number): readonly ExplainedEntry[] {
  const entries: LogEntry[] = [];
  const reader = new EntryReader((entry) => entries.push(entry), now);
  reader.push(Buffer.from(splitAtPrefixes(unescaped(text))));
  reader.end();
  if (entries.length === 0) entries.push(reasonAlone(text, now));
  return entries.map(({ at, level, text: written }) => {
    const entry = { at, level, text: withShellQuotes(written) };
    const reply = replyTextIn(entry.text);
    const explanation = explainEntry(entry) ?? (reply === null ? null : explainEntry({ ...entry, text: reply }));
    return { ...entry, at: at === null ? null : isoTime(at), explanation };
  });
}

/** A text without any prefix of RabbitMQ. */
function reasonAlone(text: string, now: number): LogEntry {
  const lines = unescaped(text)
    .split(/\r?\n/)
    .map((line) => unwrap(line, now));
  const { at = null, level = null } = lines[0] ?? {};
  const whole = lines.map((line) => line.text).join('\n');
  return { at, level, text: whole.trim() };
}

const JSON_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Restores what was escaped in a JSON string: copied without the rest of its object, the text is no longer JSON. Without
 * escaped quotes, `\n` is a line end only outside of Erlang's strings, which have escapes of their own.
 */
function unescaped(text: string): string {
  if (/^\s*\{ ?"/.test(text)) return text;
  if (/\\"/.test(text) && !/(?<!\\)"/.test(text))
    return text.replaceAll(/\\(.)/g, (_, letter: string) => JSON_ESCAPES[letter] ?? letter);
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\\n/g, (found) => (found === '\\n' ? '\n' : found));
}
