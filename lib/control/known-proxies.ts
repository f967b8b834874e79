import type { Fault } from '../faults/fault.js';
import type { Proxies } from '../running/proxies.js';
import { quote } from '../text/quote.js';
import { ApiError } from './api-error.js';

/** The proxies that faults can name. If there is only one, it is the default. */
export function knownProxies(proxies: Proxies) {
  const names = proxies.states.map(({ name }) => name);
  const [only] = names;
  return {
    options: names.length === 1 && only !== undefined ? { proxy: only } : {},
    /** @throws ApiError 404 if a fault names a proxy that does not exist */
    check: (faults: readonly Fault[]): void => {
      const lost = faults.find(({ proxy }) => !names.includes(proxy));
      if (lost) throw new ApiError(404, `proxy ${quote(lost.proxy)} of fault ${quote(lost.name)} not found`);
    },
  };
}
