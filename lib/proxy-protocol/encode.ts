import { type Ends, FIXED_V2, SIGNATURE_V2 } from './header.js';
import { parseSocketAddress, printIp } from './socket-address.js';

/**
 * Encodes a PROXY header with the two ends of the client's connection. If they are unknown, or of different address
 * families, the header is `UNKNOWN` in version 1 and `LOCAL` in version 2.
 */
export function encodeHeader(version: 'v1' | 'v2', ends: Ends | null): Uint8Array {
  const [source, destination] = ends ? [ends.source, ends.destination].map(parseSocketAddress) : [];
  if (!source || !destination || source.ip.kind() !== destination.ip.kind()) return version === 'v1' ? UNKNOWN : LOCAL;
  const isIPv4 = source.ip.kind() === 'ipv4';
  if (version === 'v1') {
    const family = isIPv4 ? 'TCP4' : 'TCP6';
    return line(`${family} ${printIp(source.ip)} ${printIp(destination.ip)} ${source.port} ${destination.port}`);
  }
  const ports = [source.port, destination.port].flatMap((port) => [port >> 8, port & 0xff]);
  return binary(0x21, isIPv4 ? 0x11 : 0x21, [...source.ip.toByteArray(), ...destination.ip.toByteArray(), ...ports]);
}

const line = (text: string): Uint8Array => Uint8Array.from(`PROXY ${text}\r\n`, (letter) => letter.charCodeAt(0));

function binary(versionAndCommand: number, familyAndProtocol: number, addresses: readonly number[]): Uint8Array {
  const octets = new Uint8Array(FIXED_V2 + addresses.length);
  octets.set(SIGNATURE_V2);
  octets.set([versionAndCommand, familyAndProtocol, 0, addresses.length], SIGNATURE_V2.length);
  octets.set(addresses, FIXED_V2);
  return octets;
}

const UNKNOWN = line('UNKNOWN');
const LOCAL = binary(0x20, 0, []);
