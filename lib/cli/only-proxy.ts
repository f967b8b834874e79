import type { Control } from '../client/control.js';
import { proxyNames } from './proxy-names.js';

/**
 * Returns the name of the only proxy, the default for faults that do not name one.
 *
 * @returns undefined unless there is exactly one proxy
 * @throws ControlError
 */
export async function onlyProxy(control: Control): Promise<string | undefined> {
  const names = await proxyNames(control);
  return names.length === 1 ? names[0] : undefined;
}
