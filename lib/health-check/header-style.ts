import { looksLike } from '../amqp/looks-like.js';
import type { StyleOfRule } from './health-checks.js';

/**
 * The style of a connection as far as its first octets reveal it.
 *
 * @param header the first 8 octets
 * @param isGood whether they are a protocol header that the broker accepts
 */
export function headerStyle(header: Uint8Array, isGood: boolean): Exclude<StyleOfRule, 'proxy_local'> {
  if (isGood) return 'header_only';
  switch (looksLike(header)?.what) {
    case 'http':
    case 'http2':
      return 'http';
    case 'tls':
      return 'tls_hello';
    case 'text':
      return 'text';
    default:
      return 'other';
  }
}
