import { SHORTSTR_MAX } from './octet-writer.js';

/**
 * The reply codes of AMQP 0-9-1 and their names. Every reply text begins with the name.
 *
 * @see AMQP 0-9-1, section 1.5.2.4
 */
export const REPLY_CODES = {
  200: 'SUCCESS',
  311: 'CONTENT_TOO_LARGE',
  312: 'NO_ROUTE',
  313: 'NO_CONSUMERS',
  320: 'CONNECTION_FORCED',
  402: 'INVALID_PATH',
  403: 'ACCESS_REFUSED',
  404: 'NOT_FOUND',
  405: 'RESOURCE_LOCKED',
  406: 'PRECONDITION_FAILED',
  501: 'FRAME_ERROR',
  502: 'SYNTAX_ERROR',
  503: 'COMMAND_INVALID',
  504: 'CHANNEL_ERROR',
  505: 'UNEXPECTED_FRAME',
  506: 'RESOURCE_ERROR',
  530: 'NOT_ALLOWED',
  540: 'NOT_IMPLEMENTED',
  541: 'INTERNAL_ERROR',
} as const;

export type ReplyCode = keyof typeof REPLY_CODES;

/** The name of a reply code; undefined for an unknown code. */
export function replyName(code: number): (typeof REPLY_CODES)[ReplyCode] | undefined {
  return Object.hasOwn(REPLY_CODES, code) ? REPLY_CODES[code as ReplyCode] : undefined;
}

/** The reply text for a code in RabbitMQ's form: `NAME - explanation`. */
export function replyText(code: ReplyCode, explanation: string): string {
  return cutReplyText(`${REPLY_CODES[code]} - ${explanation}`);
}

/** The part of a reply text after the name. */
export function explanationOf(text: string): string {
  return text.replace(/^[A-Z_]+ - /, '');
}

const ELLIPSIS = '...';

/**
 * Truncates a text to the length of a short string. RabbitMQ keeps 252 octets of a longer text and appends `...`.
 *
 * @see rabbit_binary_generator.erl, `amqp_exception_explanation`
 */
export function cutReplyText(text: string): string {
  const octets = new TextEncoder().encode(text);
  if (octets.length <= SHORTSTR_MAX) return text;
  const kept = octets.subarray(0, SHORTSTR_MAX - ELLIPSIS.length);
  // `stream` drops a character that was cut in half.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(kept, { stream: true }) + ELLIPSIS;
}
