import type { ProxyHeader } from './header.js';

/** The result of decoding the first octets of a connection. */
export type Decoded =
  /** Too few octets to tell whether this is a PROXY header. */
  | { readonly type: 'undecided' }
  | { readonly type: 'none' }
  /** A PROXY header that is not complete yet. */
  | { readonly type: 'incomplete' }
  /** `problem`: in the words of ranch, the decoder that RabbitMQ uses. */
  | { readonly type: 'malformed'; readonly problem: string }
  /** `length`: total octets of the header, of which the last may not have arrived yet. */
  | { readonly type: 'header'; readonly header: ProxyHeader; readonly length: number };

export const UNDECIDED: Decoded = { type: 'undecided' };
export const NONE: Decoded = { type: 'none' };
export const INCOMPLETE: Decoded = { type: 'incomplete' };
