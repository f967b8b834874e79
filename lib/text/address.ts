import { isIP, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ConfigError } from '../errors.js';
import { quote } from './quote.js';

/** A TCP address. `host` is a name or an IP address, IPv6 without brackets. */
export type Address = {
  readonly host: string;
  readonly port: number;
  /** The original text, for output that must keep it. */
  readonly written?: string;
};

/** The rule for an address in error messages. */
export const ADDRESS = 'HOST:PORT, such as 127.0.0.1:5673 or [::1]:5673';

/**
 * Parses `127.0.0.1:5673`, `[::1]:5673` or `localhost:5672`.
 *
 * @param lowestPort 0 for an address to listen on (0 picks a free port), 1 for one to connect to
 * @throws ConfigError (`must be …, not …`)
 */
export function parseAddress(text: string, lowestPort: 0 | 1 = 0): Address {
  const [, ipv6, name, digits] = /^(?:\[([^\]]+)\]|([\p{L}\p{N}._-]+)):(\d{1,9})$/u.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 === undefined ? !isName(host) : !isIPv6(ipv6))) {
    throw new ConfigError(`must be ${ADDRESS}, not ${quote(text)}`);
  }
  const port = Number(digits);
  if (port < lowestPort || port > 65535) {
    throw new ConfigError(`must have a port from ${lowestPort} to 65535, not ${quote(text)}`);
  }
  return Object.freeze({ host, port });
}

/** Returns the original text if it was kept, else `host:port`, with brackets around IPv6. */
export function formatAddress({ host, port, written }: Address): string {
  return written ?? `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a listener on this host is on all interfaces. */
export const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Whether a listener on this host can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return ipaddr.process(host).range() === 'loopback';
}

/**
 * Whether a connect to an IP address reaches a listener on another on this machine with the same port. An IPv4-mapped
 * address is its IPv4 address; a connect to a wildcard address reaches the loopback address.
 *
 * @param own the addresses of this machine other than the loopback addresses
 */
export function reaches(dialed: string, listen: string, own: readonly string[] = []): boolean {
  const [to, at] = [unmapped(dialed), unmapped(listen)];
  const target = to === '0.0.0.0' ? '127.0.0.1' : to === '::' ? '::1' : to;
  if (!isWildcard(at)) return target === at;
  const isCovered = at === '::' || isIPv4(target);
  return isCovered && (isLoopback(target) || own.includes(target));
}

/** `127.0.0.1` for `::ffff:127.0.0.1` and `::ffff:7f00:1`. */
function unmapped(host: string): string {
  return isIP(host) === 0 ? host : ipaddr.process(host).toString();
}

/** Digits and dots alone are an IPv4 address or a typo, not a name to look up in DNS. */
function isName(host: string): boolean {
  return isIPv4(host) || !/^[\d.]+$/.test(host);
}
