import ipaddr from 'ipaddr.js';

export type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** One end of a TCP connection. */
export type SocketAddress = { readonly ip: Ip; readonly port: number };

/** An IP address; IPv4 mapped into IPv6 counts as IPv4. Undefined for any other text, names among them. */
export function parseIp(text: string): Ip | undefined {
  // The library's IPv4 would also take 10, 0x7f.1 and the like.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
}

/** An IP address from its 4 or 16 octets; IPv4 mapped into IPv6 counts as IPv4. */
export function ipFrom(octets: Uint8Array): Ip {
  const ip = ipaddr.fromByteArray([...octets]);
  return ip instanceof ipaddr.IPv6 && ip.isIPv4MappedAddress() ? ip.toIPv4Address() : ip;
}

/**
 * Reads `127.0.0.1:5672` or `[::1]:5672`, as reports write them.
 *
 * @returns undefined when the host is no IP address
 */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const [, ipv6, ipv4, port] = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const ip = parseIp(ipv6 ?? ipv4 ?? '');
  return ip && { ip, port: Number(port) };
}

/** `127.0.0.1:5672` or `[2001:db8::1]:5672`, IPv6 in its canonical form. */
export function formatSocketAddress({ ip, port }: SocketAddress): string {
  return ip.kind() === 'ipv4' ? `${ip}:${port}` : `[${printIp(ip)}]:${port}`;
}

/** Without a zone, which means nothing on another machine. */
export function printIp(ip: Ip): string {
  return ipFrom(Uint8Array.from(ip.toByteArray())).toString();
}
