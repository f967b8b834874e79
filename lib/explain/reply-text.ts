import { REPLY_CODES } from '../amqp/reply-code.js';

/** AMQP 0-9-1 exceptions that close only a channel (soft errors). All others close the connection. */
const SOFT_ERRORS: ReadonlySet<string> = new Set(
  ([311, 312, 313, 403, 404, 405, 406] as const).map((code) => REPLY_CODES[code]),
);
const REPLY_TEXT = new RegExp(`(?<name>${Object.values(REPLY_CODES).join('|')}) - (?<why>[\\s\\S]+)`);
/** What the Java client adds: the fields of the method that follow. */
const JAVA_FIELDS = /, class-id=\d+, method-id=\d+\)?[\s\S]*/;

/**
 * Finds the text of a Close in what a client library prints, such as
 * `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no queue 'orders' in vhost '/'"`.
 *
 * @returns null if there is none
 */
export function replyTextIn(message: string): string | null {
  const found = REPLY_TEXT.exec(message);
  if (found === null) return null;
  const [text] = found;
  const quote = /["'`]/.exec(message.charAt(found.index - 1))?.[0];
  const end = quote === undefined ? -1 : text.lastIndexOf(quote);
  return end < 0 ? text.replace(JAVA_FIELDS, '') : text.slice(0, end);
}

/**
 * Turns the text that a client gets with a Close, such as `NOT_FOUND - no queue 'orders' in vhost '/'`, into the entry that
 * the broker writes about the same error. Returns other texts unchanged.
 *
 * The text does not name the method that failed, so the entry has `none` for it.
 *
 * @see rabbit_binary_generator.erl, `map_exception`
 */
export function entryOfReplyText(text: string): string {
  const found = REPLY_TEXT.exec(text);
  const { name = '', why = '' } = found?.groups ?? {};
  if (found?.index !== 0 || why.startsWith('Login was refused')) return text;
  // A virtual host that was refused is logged without the name of the exception.
  if (/^(?:vhost .* not found|access to vhost ')/.test(why)) return why;
  const exception = name.toLowerCase();
  return SOFT_ERRORS.has(name)
    ? `operation none caused a channel exception ${exception}: ${why}`
    : `operation none caused a connection exception ${exception}: "${why}"`;
}
