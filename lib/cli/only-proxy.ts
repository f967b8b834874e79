import type { Control } from '../client/control.js';
import type { ProxyView } from '../control/toxiproxy/views.js';

/** The name of the only proxy, which faults need not name; undefined if there is not exactly one. @throws ControlError */
export async function onlyProxy(control: Control): Promise<string | undefined> {
  const names = Object.keys(await control.ask<{ readonly [name: string]: ProxyView }>('GET', '/proxies'));
  return names.length === 1 ? names[0] : undefined;
}
