import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Address } from '../../text/address.js';
import { ApiError } from '../api-error.js';

/** The meaning of an empty `listen`: a free port on all addresses. */
const ANYWHERE = ':0';

/**
 * Parses the address that a proxy is to listen on. A name is resolved, to IPv4 if possible, because clients split
 * addresses at a colon.
 *
 * @param before prefix of error texts, as in Toxiproxy
 * @throws ApiError 500 with Toxiproxy's text
 */
export async function readListen(text: string, before: string): Promise<Address> {
  const written = text === '' ? ANYWHERE : text;
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(written) ?? [];
  const wrong = (why: string): ApiError => new ApiError(500, `${before}address ${text}: ${why}`);
  if (digits === undefined)
    throw wrong(written.split(':').length > 2 ? 'too many colons in address' : 'missing port in address');
  const port = digits === '' ? 0 : Number(digits);
  if (!/^\d*$/.test(digits) || port > 65_535) throw new ApiError(500, `${before}address ${digits}: invalid port`);
  const host = bracketed ?? plain ?? '';
  return { host: await resolve(host, before), port, written: text };
}

async function resolve(host: string, before: string): Promise<string> {
  // An empty host means all addresses, of both families if the machine has them.
  if (host === '' || isIP(host) !== 0) return host;
  for (const family of [4, 0]) {
    try {
      return (await lookup(host, { family })).address;
    } catch (error) {
      if (family === 0) throw new ApiError(500, `${before}lookup ${host}: no such host`, { cause: error });
    }
  }
  return host;
}
