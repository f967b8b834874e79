/** How RabbitMQ begins an entry about a connection, in any protocol and version. */
const BEGINNINGS =
  "(?:(?:accepting|[cC]losing) (?:AMQP(?: 1\\.0)?|MQTT|STOMP|Web ?(?:MQTT|STOMP)|stream)?(?: TCP)? ?connection|Error on (?:AMQP|Stream)|[cC]hannel error on connection|[cC]onnection (?:<|\\S+:\\d+ ->|from)|(?:Accepted|Rejected) MQTT|(?:MQTT|STOMP|Stream) (?:accepting|closing|connection|disconnecting|detected|protocol|could)|[cC]lient \\S+:\\d+|TLS (?:server|client):|User '|(?:HTTP|AMQP) access denied|FORMATTER CRASH)";
const BEGINS = new RegExp(`^${BEGINNINGS}`);
const INSIDE = new RegExp(`(?<![\\w'"])${BEGINNINGS}`);

/** Whether the text begins a new entry about a connection, also where the line before it has the same prefix. */
export const beginsEntry = (text: string): boolean => BEGINS.test(text);

/** Where an entry about a connection begins in the first 300 characters of a line; -1 if nowhere. */
export const placeOfBeginning = (line: string): number => line.slice(0, 300).search(INSIDE);

/** The first line of an entry whose reason was on further lines, and the rest: on one line through `single_line` or a shell. */
const ONE_LINE =
  /^((?:closing AMQP connection|[cC]hannel error on|Error on AMQP|FORMATTER) [^\n]*?(?:\)|channel \d+):)(?:\s|,|\\r|\\n|#0?1[25])+(?=\S)/;

/** Restores the line end after the first line of an entry. */
export function withReasonOnItsLine(text: string): string {
  return text.endsWith(')') ? text : text.replace(ONE_LINE, '$1\n');
}
