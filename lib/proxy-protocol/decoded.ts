import type { ProxyHeader } from './header.js';

/** What octets from the beginning of a connection are. */
export type Decoded =
  /** The beginning of a PROXY header, or of something else. */
  | { readonly type: 'undecided' }
  | { readonly type: 'none' }
  /** A PROXY header, of which more has to come. */
  | { readonly type: 'incomplete' }
  /** `problem`: in the words of ranch, RabbitMQ's own decoder. */
  | { readonly type: 'malformed'; readonly problem: string }
  /** `length`: octets of the header in all; the last of them may still have to come. */
  | { readonly type: 'header'; readonly header: ProxyHeader; readonly length: number };

export const UNDECIDED: Decoded = { type: 'undecided' };
export const NONE: Decoded = { type: 'none' };
export const INCOMPLETE: Decoded = { type: 'incomplete' };
