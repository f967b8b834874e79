import type { AnswerStep, FaultStep } from '../faults/scenario.js';
import type { Proxies } from '../running/proxies.js';
import { quote } from '../text/quote.js';
import { ApiError } from './api-error.js';

/** The proxies that faults can name. If there is only one, it is the default. */
export function knownProxies(proxies: Proxies) {
  const names = proxies.states.map(({ name }) => name);
  const [only] = names;
  return {
    options: names.length === 1 && only !== undefined ? { proxy: only } : {},
    /** @throws ApiError 404 if a fault or a step of a scenario names a proxy that does not exist */
    check: (steps: readonly (Pick<FaultStep, 'fault'> | Pick<AnswerStep, 'proxy'>)[]): void => {
      for (const step of steps) {
        const [what, proxy] =
          'fault' in step ? [`fault ${quote(step.fault.name)}`, step.fault.proxy] : ['healthChecks', step.proxy];
        if (!names.includes(proxy)) throw new ApiError(404, `proxy ${quote(proxy)} of ${what} not found`);
      }
    },
  };
}
