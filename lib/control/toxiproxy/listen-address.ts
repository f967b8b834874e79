import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Address } from '../../text/address.js';
import { ApiError } from '../api-error.js';

/** The meaning of an empty `listen`: a free port on all addresses. */
const ANYWHERE = ':0';
/** Forms of an IPv4 address that a resolver may take and Go does not: `127.1`, `0x7f.1`. */
const SHORT_IPV4 = /^(0x[\da-f]+|\d+)(\.(0x[\da-f]+|\d+))*$/i;

/**
 * Parses the address that a proxy is to listen on. A name is resolved, to IPv4 if possible, because clients split
 * addresses at a colon.
 *
 * @param before prefix of error texts, as in Toxiproxy
 * @throws ApiError 500 with Toxiproxy's text
 */
export async function readListen(text: string, before: string): Promise<Address> {
  const written = text === '' ? ANYWHERE : text;
  const wrong = (why: string): ApiError => new ApiError(500, `${before}${why}`);
  const parts = split(written);
  if (typeof parts === 'string') throw wrong(`address ${text}: ${parts}`);
  const { host, digits } = parts;
  if (!/^([+-]?\d+)?$/.test(digits)) throw wrong(`lookup tcp/${digits}: unknown port`);
  const port = Number(digits);
  if (port < 0 || port > 65_535) throw wrong(`address ${digits}: invalid port`);
  return { host: await resolve(host, before), port, written: text };
}

/** Splits an address as Go's `net.SplitHostPort` does. Returns what is wrong with it otherwise. */
function split(text: string): { readonly host: string; readonly digits: string } | string {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return 'missing port in address';
  const end = text.startsWith('[') ? text.indexOf(']') : -1;
  if (text.startsWith('[')) {
    if (end < 0) return "missing ']' in address";
    if (end + 1 !== colon) return text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address';
  } else if (text.indexOf(':') !== colon) return 'too many colons in address';
  if (text.includes('[', end < 0 ? 0 : 1)) return "unexpected '[' in address";
  if (text.includes(']', end + 1)) return "unexpected ']' in address";
  return { host: end < 0 ? text.slice(0, colon) : text.slice(1, end), digits: text.slice(colon + 1) };
}

async function resolve(host: string, before: string): Promise<string> {
  // An empty host means all addresses, of both families if the machine has them.
  if (host === '' || isIP(host) !== 0) return host;
  const unknown = (cause?: unknown) => new ApiError(500, `${before}lookup ${host}: no such host`, { cause });
  if (SHORT_IPV4.test(host)) throw unknown();
  for (const family of [4, 0]) {
    try {
      return (await lookup(host, { family })).address;
    } catch (error) {
      if (family === 0) throw unknown(error);
    }
  }
  return host;
}
