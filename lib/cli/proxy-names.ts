import type { Control } from '../client/control.js';
import type { ProxyView } from '../control/toxiproxy/views.js';

/** Returns the names of the proxies of a running instance. @throws ControlError */
export const proxyNames = async (control: Control): Promise<readonly string[]> =>
  Object.keys(await control.ask<{ readonly [name: string]: ProxyView }>('GET', '/proxies'));
