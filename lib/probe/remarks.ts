import { decodeMethod } from '../amqp/connection-methods.js';
import { textOf } from '../amqp/field-table.js';
import { FRAME_HEADER_LENGTH } from '../amqp/frame.js';
import { toText } from '../amqp/header.js';
import { MalformedError } from '../amqp/malformed-error.js';
import { methodFrameSize } from './answer.js';
import type { ProbeResult } from './play.js';

/**
 * A remark on the name and version that a server reports in Connection.Start.
 *
 * @param octets the answer to a good client
 * @returns one sentence, or none if there is no name
 */
export function remarkOnStart(octets: Buffer): string[] {
  const size = methodFrameSize(octets);
  if (size === undefined || octets.length < size) return [];
  try {
    const method = decodeMethod(octets.subarray(FRAME_HEADER_LENGTH, size - 1));
    if (method.name !== 'connection.start') return [];
    const said = ['product', 'version'].map((key) => textOf(method.serverProperties, key)).filter((each) => each);
    // Not trusted, and printed to a terminal: control characters are replaced.
    const shown = toText(Buffer.from(said.join(' ')).subarray(0, 80));
    return said.length > 0 ? [`It reports itself as ${shown}, which was not taken into account.`] : [];
  } catch (error) {
    if (error instanceof MalformedError) return [];
    throw error;
  }
}

/** A remark on the handshake timeout, if it was seen. */
export function remarkOnTimeout({ end, ms }: ProbeResult): string[] {
  return end === 'open' ? [] : [`Its handshake timeout is ${(ms / 1000).toFixed(1)} s.`];
}
