import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { isWildcard } from '../text/address.js';

type Address = { readonly host: string; readonly port: number };

/**
 * The one of our listeners that an address leads to; undefined when there is none. A proxy that dials itself would
 * fill the machine with connections to no end.
 */
export async function ownListenerAt(address: Address, listeners: readonly Address[]): Promise<Address | undefined> {
  const candidates = listeners.filter(({ port }) => port === address.port && port !== 0);
  if (candidates.length === 0) return undefined;
  const dialled = await addressesOf(address.host);
  for (const listener of candidates) {
    const bound = await addressesOf(listener.host);
    const reached = bound.some(isWildcard) ? ownAddresses() : bound;
    if (dialled.some((each) => isWildcard(each) || reached.includes(each))) return listener;
  }
  return undefined;
}

/** A name that cannot be resolved now leads nowhere: the dial will say so. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
