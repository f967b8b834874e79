import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { reaches } from '../text/address.js';

type Address = { readonly host: string; readonly port: number };

/**
 * Returns the listener of this instance that an address reaches, or undefined. A proxy that dials itself would open
 * connections without end.
 */
export async function ownListenerAt(address: Address, listeners: readonly Address[]): Promise<Address | undefined> {
  const candidates = listeners.filter(({ port }) => port === address.port && port !== 0);
  if (candidates.length === 0) return undefined;
  const dialled = await addressesOf(address.host);
  const here = ownAddresses();
  for (const listener of candidates) {
    const bound = await addressesOf(listener.host);
    if (dialled.some((each) => bound.some((own) => reaches(each, own, here)))) return listener;
  }
  return undefined;
}

/** A name that cannot be resolved has no addresses. The later dial reports it. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
