/** AMQP 0-9-1 exceptions that close only a channel (soft errors). All others close the connection. */
const OF_CHANNEL =
  /^(?:CONTENT_TOO_LARGE|NO_ROUTE|NO_CONSUMERS|ACCESS_REFUSED|NOT_FOUND|RESOURCE_LOCKED|PRECONDITION_FAILED)$/;
const REPLY_TEXT = /^(?<quote>["'`]?)(?<name>[A-Z]+(?:_[A-Z]+)+) - (?<why>[\s\S]+)\k<quote>$/;

/**
 * Turns the text that a client gets with a Close, such as `NOT_FOUND - no queue 'orders' in vhost '/'`, into the entry that
 * the broker writes about the same error. Returns other texts unchanged.
 *
 * The text does not name the method that failed, so the entry has `none` for it.
 *
 * @see rabbit_binary_generator.erl, `map_exception`
 */
export function entryOfReplyText(text: string): string {
  const { name = '', why = '' } = REPLY_TEXT.exec(text)?.groups ?? {};
  if (name === '' || why.startsWith('Login was refused')) return text;
  // A virtual host that was refused is logged without the name of the exception.
  if (/^(?:vhost .* not found|access to vhost ')/.test(why)) return why;
  const scope = OF_CHANNEL.test(name) ? 'channel' : 'connection';
  return `operation none caused a ${scope} exception ${name.toLowerCase()}: ${scope === 'channel' ? why : `"${why}"`}`;
}
