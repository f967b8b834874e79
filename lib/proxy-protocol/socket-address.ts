import ipaddr from 'ipaddr.js';

export type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** One end of a TCP connection. */
export type SocketAddress = { readonly ip: Ip; readonly port: number };

/**
 * Parses an IP address; an IPv4-mapped IPv6 address becomes IPv4. Returns undefined for any other text, for example a
 * host name.
 */
export function parseIp(text: string): Ip | undefined {
  // The library's IPv4 parser also accepts 10, 0x7f.1 and similar.
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
}

/** Makes an IP address from its 4 or 16 octets; an IPv4-mapped IPv6 address becomes IPv4. */
export function ipFrom(octets: Uint8Array): Ip {
  const ip = ipaddr.fromByteArray([...octets]);
  return ip instanceof ipaddr.IPv6 && ip.isIPv4MappedAddress() ? ip.toIPv4Address() : ip;
}

/**
 * Parses `127.0.0.1:5672` or `[::1]:5672`, the form used in reports.
 *
 * @returns undefined if the host is not an IP address
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

/** Prints an IP address without its zone, which is meaningless on another machine. */
export function printIp(ip: Ip): string {
  return ipFrom(Uint8Array.from(ip.toByteArray())).toString();
}
