import { FIXED_V2, LONGEST_V1, SIGNATURE_V1, SIGNATURE_V2 } from './header.js';

/** The form of a PROXY header, which can reveal the load balancer that sent it. */
export type Outline = {
  readonly version: 1 | 2;
  /** `local`: the load balancer's own connection. Version 2 only. */
  readonly command: 'proxy' | 'local';
  /** Octets in all, as the header itself states. */
  readonly length: number;
  /** The types of its TLVs in order, as far as they were received: at most 8. Empty in version 1. */
  readonly tlvTypes: readonly number[];
};

const TLV_TYPES_MAX = 8;
const LF = 0x0a;
const NONE: readonly number[] = [];
/** Octets of the two addresses and ports, indexed by address family. */
const ADDRESSES = [0, 12, 36, 216] as const;

/**
 * Outlines the PROXY header with which a connection begins, whether or not it is accepted.
 *
 * A LOCAL header of version 2 may omit the addresses of the family that it names. If its TLVs fill it exactly without
 * addresses, it has none: AWS sends such headers.
 *
 * @param octets the first octets of the connection
 * @returns null for octets that do not begin with a whole fixed part of a PROXY header
 * @see https://www.haproxy.org/download/3.3/doc/proxy-protocol.txt, section 2.2.7
 */
export function outlineOf(octets: Uint8Array): Outline | null {
  if (begins(octets, SIGNATURE_V1)) {
    const end = octets.subarray(0, LONGEST_V1).indexOf(LF);
    return end < 0 ? null : { version: 1, command: 'proxy', length: end + 1, tlvTypes: NONE };
  }
  if (octets.length < FIXED_V2 || !begins(octets, SIGNATURE_V2)) return null;
  const length = FIXED_V2 + numberAt(octets, FIXED_V2 - 2);
  const isLocal = ((octets[12] as number) & 0xf) === 0;
  const addresses = ADDRESSES[(octets[13] as number) >> 4] ?? 0;
  const without = isLocal ? tlvTypes(octets, FIXED_V2, length) : null;
  return {
    version: 2,
    command: isLocal ? 'local' : 'proxy',
    length,
    tlvTypes: without ?? tlvTypes(octets, FIXED_V2 + addresses, length) ?? NONE,
  };
}

/** @returns null if the TLVs do not end where the header ends */
function tlvTypes(octets: Uint8Array, from: number, length: number): readonly number[] | null {
  if (from === length) return NONE;
  const types: number[] = [];
  for (let at = from; at < length; ) {
    // The rest was not received, or is not needed.
    if (at + 3 > octets.length || types.length === TLV_TYPES_MAX) return types;
    types.push(octets[at] as number);
    at += 3 + numberAt(octets, at + 1);
    if (at > length) return null;
  }
  return types;
}

function numberAt(octets: Uint8Array, at: number): number {
  return (octets[at] as number) * 256 + (octets[at + 1] as number);
}

function begins(octets: Uint8Array, signature: Uint8Array): boolean {
  for (let at = 0; at < signature.length; at++) if (octets[at] !== signature[at]) return false;
  return true;
}
