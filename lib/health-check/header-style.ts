import type { StyleOfRule } from './health-checks.js';
import { foreignStyle, isHello } from './style.js';

/**
 * The style of a connection as far as its first octets reveal it.
 *
 * @param header the first 8 octets
 * @param isGood whether they are a protocol header that the broker accepts
 */
export function headerStyle(header: Uint8Array, isGood: boolean): Exclude<StyleOfRule, 'proxy_local'> {
  if (isGood) return 'header_only';
  if (isHello(header)) return 'tls_hello';
  const style = foreignStyle(header);
  return style === 'proxy_only' ? 'other' : style;
}
