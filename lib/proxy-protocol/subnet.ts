import { type Ip, parseIp, parseSocketAddress } from './socket-address.js';

/** The addresses that share their first `prefix` bits with `ip`. */
export type Subnet = { readonly ip: Ip; readonly prefix: number };

const bitsOf = (ip: Ip): number => (ip.kind() === 'ipv4' ? 32 : 128);

/**
 * Reads `10.0.0.0/8`, `::1/128`, or an address alone. IPv4 mapped into IPv6 counts as IPv4.
 *
 * @returns undefined for any other text
 */
export function parseSubnet(text: string): Subnet | undefined {
  const [, host = '', digits] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const ip = parseIp(host);
  if (ip === undefined) return undefined;
  const isMapped = ip.kind() === 'ipv4' && host.includes(':');
  const prefix = digits === undefined ? bitsOf(ip) : Number(digits) - (isMapped ? 96 : 0);
  return prefix < 0 || prefix > bitsOf(ip) ? undefined : { ip, prefix };
}

/**
 * Whether an address such as `10.1.2.3:4567` lies in one of the subnets.
 *
 * @param texts each as `parseSubnet` reads it; what it does not read matches nothing
 */
export function inSubnets(texts: readonly string[]): (address: string) => boolean {
  const subnets = texts.flatMap((text) => parseSubnet(text) ?? []);
  return (address) => {
    const ip = parseSocketAddress(address)?.ip;
    return ip !== undefined && subnets.some((each) => each.ip.kind() === ip.kind() && ip.match(each.ip, each.prefix));
  };
}
