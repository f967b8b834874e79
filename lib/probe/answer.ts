import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE, readFrameHeader } from '../amqp/frame.js';
import { HEADER_LENGTH, quadOf } from '../amqp/header.js';
import { OctetReader } from '../amqp/octet-reader.js';

/** A SASL frame begins with its size (4 octets, which it includes), its data offset and its type. */
const SASL_TYPE = 1;
const SASL_HEADER_LENGTH = 8;

/**
 * Whether a server has accepted the client: its octets begin with a complete method frame (AMQP 0-9-1 and earlier), or
 * with a header and a complete SASL frame (AMQP 1.0). A header alone can be a refusal.
 */
export function isAnswered(octets: Uint8Array): boolean {
  const size = quadOf(octets) ? saslSize(octets.subarray(HEADER_LENGTH)) : methodFrameSize(octets);
  return size !== undefined && octets.length >= size;
}

/** The size of a header and the SASL frame after it. @param octets the octets after the header */
export function saslSize(octets: Uint8Array): number | undefined {
  if (octets.length < SASL_HEADER_LENGTH || octets[5] !== SASL_TYPE) return undefined;
  return HEADER_LENGTH + new OctetReader(octets).long();
}

/** The size of the method frame that the octets begin with; undefined if they do not begin with one. */
export function methodFrameSize(octets: Uint8Array): number | undefined {
  if (octets.length < FRAME_HEADER_LENGTH || octets[0] !== FRAME_TYPE.method) return undefined;
  const length = FRAME_HEADER_LENGTH + readFrameHeader(octets).size + 1;
  return octets.length < length || octets[length - 1] === FRAME_END ? length : undefined;
}
