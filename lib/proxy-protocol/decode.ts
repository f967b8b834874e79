import { decodeV1 } from './decode-v1.js';
import { decodeV2 } from './decode-v2.js';
import { type Decoded, NONE, UNDECIDED } from './decoded.js';
import { LONGEST_V1, SIGNATURE_V1, SIGNATURE_V2 } from './header.js';

/** The number of octets that are enough to decode any header. */
export const DECISIVE = LONGEST_V1;

const VERSIONS = [
  { signature: SIGNATURE_V1, decode: decodeV1 },
  { signature: SIGNATURE_V2, decode: decodeV2 },
] as const;

/**
 * Decodes the first octets of a connection, however few they are.
 *
 * @param first the octets received so far, at most `DECISIVE` of them
 */
export function decodeHeader(first: Uint8Array): Decoded {
  const version = VERSIONS.find(({ signature }) => agree(first, signature));
  if (version === undefined) return NONE;
  return first.length < version.signature.length ? UNDECIDED : version.decode(first);
}

/** Whether one of the two begins with the other. */
function agree(octets: Uint8Array, signature: Uint8Array): boolean {
  return octets.subarray(0, signature.length).every((octet, at) => octet === signature[at]);
}
