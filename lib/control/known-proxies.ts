import type { Fault } from '../faults/fault.js';
import type { Proxies } from '../running/proxies.js';
import { quote } from '../text/quote.js';
import { ApiError } from './api-error.js';

/** Which proxies faults can be for: those that are there; the only one needs no naming. */
export function knownProxies(proxies: Proxies) {
  const names = proxies.states.map(({ name }) => name);
  const [only] = names;
  return {
    options: names.length === 1 && only !== undefined ? { proxy: only } : {},
    /** @throws ApiError 404 for a fault of a proxy that is not there */
    check: (faults: readonly Fault[]): void => {
      const lost = faults.find(({ proxy }) => !names.includes(proxy));
      if (lost) throw new ApiError(404, `proxy ${quote(lost.proxy)} of fault ${quote(lost.name)} not found`);
    },
  };
}
