import { toHex } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import type { Foreign } from './evidence.js';
import type { Ending, HealthCheckStyle } from './style.js';

/**
 * Returns what the connections of one check have in common: their style, and where it does not say what they sent, also the
 * protocol, or else the first octets. HTTP requests of different programs are different checks.
 */
export function signatureOf(
  { header, request }: Pick<Ending, 'header'> & Pick<Foreign, 'request'>,
  style: HealthCheckStyle,
): string {
  switch (style) {
    case 'partial':
    case 'text':
      return `${style} ${toHex(header)}`;
    case 'http':
      return `${style} ${toHex(header)} ${request?.userAgent ?? ''}`;
    case 'other':
      return `${style} ${looksLike(header)?.what ?? toHex(header)}`;
    default:
      return style;
  }
}
