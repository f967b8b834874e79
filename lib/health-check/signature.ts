import { toHex } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import type { Ending, HealthCheckStyle } from './style.js';

/**
 * Returns what the connections of one check have in common: their style, and where it does not say what they sent, also the
 * protocol, or else the first octets.
 */
export function signatureOf({ header }: Pick<Ending, 'header'>, style: HealthCheckStyle): string {
  switch (style) {
    case 'partial':
    case 'text':
    case 'http':
      return `${style} ${toHex(header)}`;
    case 'other':
      return `${style} ${looksLike(header)?.what ?? toHex(header)}`;
    default:
      return style;
  }
}
