import { HEADER_LENGTH } from './header.js';

/**
 * Collects the first 8 octets of a stream, however the network splits them.
 *
 * @param header the octets collected so far
 * @param octets the next octets of the stream
 * @returns a copy of `header` with as many of `octets` as are missing, or `header` itself if none are. The number of
 *   octets taken is the difference in length
 */
export function appendHeader(header: Uint8Array, octets: Uint8Array): Uint8Array {
  const count = Math.min(HEADER_LENGTH - header.length, octets.length);
  if (count <= 0) return header;
  const longer = new Uint8Array(header.length + count);
  longer.set(header);
  for (let at = 0; at < count; at++) longer[header.length + at] = octets[at] as number;
  return longer;
}
