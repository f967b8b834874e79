import { type Ip, parseIp, parseSocketAddress } from './socket-address.js';

/** The addresses that share their first `prefix` bits with `ip`. */
export type Subnet = { readonly ip: Ip; readonly prefix: number };

const bitsOf = (ip: Ip): number => (ip.kind() === 'ipv4' ? 32 : 128);

/**
 * Parses `10.0.0.0/8`, `::1/128`, or a single address. An IPv4-mapped IPv6 address becomes IPv4.
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
 * Returns a function that checks whether an address such as `10.1.2.3:4567` is in one of the subnets.
 *
 * @param texts subnets in the form accepted by `parseSubnet`; any other text matches nothing
 */
export function inSubnets(texts: readonly string[]): (address: string) => boolean {
  const subnets = texts.flatMap((text) => parseSubnet(text) ?? []);
  return (address) => {
    const ip = parseSocketAddress(address)?.ip;
    return ip !== undefined && subnets.some((each) => each.ip.kind() === ip.kind() && ip.match(each.ip, each.prefix));
  };
}
