import { type Decoded, INCOMPLETE } from './decoded.js';
import { type Ends, FIXED_V2, type ProxyHeader } from './header.js';
import { formatSocketAddress, ipFrom } from './socket-address.js';

/** Octets of the two addresses and ports, indexed by address family. */
const ADDRESSES = [0, 12, 36, 216] as const;
/** Octets of one IP address, indexed by address family; 0 for families without an IP address. */
const IP_OCTETS = [0, 4, 16, 0] as const;

const malformed = (what: string): Decoded => ({
  type: 'malformed',
  problem: `Invalid ${what} in the PROXY protocol binary header. (PP 2.2)`,
});

/**
 * Decodes version 2 from its first octets. TLVs after the addresses (ALPN, TLS information, checksums) and Unix socket
 * addresses are skipped, whatever their length; the length field has 16 bits.
 */
export function decodeV2(first: Uint8Array): Decoded {
  const [versionAndCommand, familyAndProtocol, high, low] = first.subarray(FIXED_V2 - 4);
  if (versionAndCommand === undefined) return INCOMPLETE;
  if (versionAndCommand >> 4 !== 2) return malformed('version');
  const command = versionAndCommand & 0xf;
  if (command > 1) return malformed('command');
  if (familyAndProtocol === undefined) return INCOMPLETE;
  const [family, protocol] = [familyAndProtocol >> 4, familyAndProtocol & 0xf];
  // In a LOCAL header these are ignored.
  if (command === 1 && family > 3) return malformed('address family');
  if (command === 1 && protocol > 2) return malformed('transport protocol');
  if (high === undefined || low === undefined) return INCOMPLETE;

  const length = FIXED_V2 + high * 256 + low;
  const hasAddresses = command === 1 && family > 0 && protocol > 0;
  if (hasAddresses && length < FIXED_V2 + (ADDRESSES[family] as number)) return malformed('length');
  const size = hasAddresses ? (IP_OCTETS[family] as number) : 0;
  if (first.length < FIXED_V2 + (size === 0 ? 0 : 2 * size + 4)) return INCOMPLETE;
  const header: ProxyHeader = {
    command: command === 0 ? 'local' : 'proxy',
    ends: size === 0 ? null : decodeEnds(first.subarray(FIXED_V2), size),
  };
  return { type: 'header', header, length };
}

function decodeEnds(octets: Uint8Array, size: number): Ends {
  const portAt = (at: number): number => (octets[at] as number) * 256 + (octets[at + 1] as number);
  const end = (ip: Uint8Array, port: number): string => formatSocketAddress({ ip: ipFrom(ip), port });
  return {
    source: end(octets.subarray(0, size), portAt(2 * size)),
    destination: end(octets.subarray(size, 2 * size), portAt(2 * size + 2)),
  };
}
