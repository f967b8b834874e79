import { lookup as dnsLookup, type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns';

/** Receives all addresses of a host name, or the reason why there are none, with the `code` ENOTFOUND or EAI_AGAIN. */
export type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/**
 * Looks up the addresses of a host name.
 *
 * @returns cancels the call: the callback is released and not called
 */
export type Lookup = (host: string, options: LookupOptions, callback: LookupCallback) => () => void;

/** `dns.lookup` for all addresses. */
type DnsLookup = (host: string, options: LookupAllOptions, callback: LookupCallback) => void;

/**
 * Makes a lookup whose calls for the same name share the lookup in progress. No answer is kept: the next call asks again.
 *
 * Node looks up two names at a time, and a DNS server that does not answer occupies one of the two for 10 s or more. Without
 * sharing, many connections to one such name would block those to all other names.
 */
export function sharedLookup(lookUp: DnsLookup): Lookup {
  const inProgress = new Map<string, Set<LookupCallback>>();
  return (host, options, callback) => {
    const key = `${host} ${options.family ?? 0} ${options.hints ?? 0}`;
    const known = inProgress.get(key);
    const callbacks = known ?? new Set();
    const each: LookupCallback = (error, addresses) => callback(error, addresses);
    callbacks.add(each);
    if (known === undefined) {
      inProgress.set(key, callbacks);
      lookUp(host, { ...options, all: true }, (error, addresses) => {
        inProgress.delete(key);
        for (const answered of callbacks) answered(error, addresses);
      });
    }
    return () => callbacks.delete(each);
  };
}

/** Asks the operating system: `/etc/hosts`, DNS and whatever else it is configured to use. */
export const lookup: Lookup = sharedLookup(dnsLookup);

/**
 * The addresses of a host name; none if it cannot be resolved in time.
 *
 * @param patience ms
 */
export function addressesOf(host: string, patience: number, ask: Lookup = lookup): Promise<string[]> {
  return new Promise((resolve) => {
    let cancel = (): void => {};
    const timer = setTimeout(() => {
      cancel();
      resolve([]);
    }, patience);
    cancel = ask(host, {}, (error, addresses) => {
      clearTimeout(timer);
      resolve(error === null ? addresses.map(({ address }) => address) : []);
    });
  });
}
