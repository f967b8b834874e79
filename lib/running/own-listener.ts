import { networkInterfaces } from 'node:os';
import { addressesOf } from '../proxy/lookup.js';
import { reaches } from '../text/address.js';

type Address = { readonly host: string; readonly port: number };

/** How long a name may take to be resolved, in ms. A DNS server that does not answer must not delay the start for long. */
const PATIENCE = 2_000;

/**
 * Returns the listener of this instance that an address reaches, or undefined. A proxy that dials itself would open
 * connections without end. A name that is not resolved within 2 s has no addresses here: the later dial reports it.
 */
export async function ownListenerAt(address: Address, listeners: readonly Address[]): Promise<Address | undefined> {
  const candidates = listeners.filter(({ port }) => port === address.port && port !== 0);
  if (candidates.length === 0) return undefined;
  const addresses = ({ host }: Address): Promise<string[]> => addressesOf(host, PATIENCE);
  const [dialled, ...bound] = await Promise.all([addresses(address), ...candidates.map(addresses)]);
  const here = ownAddresses();
  return candidates.find((_, at) => dialled.some((each) => bound[at]?.some((own) => reaches(each, own, here))));
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
