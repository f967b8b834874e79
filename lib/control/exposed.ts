import type { Config } from '../config/schema.js';
import { isLoopback } from '../text/address.js';

/** Whether the control API gives full access to anyone on the network. */
export function isExposed({ control }: Config): boolean {
  if (control === null || isLoopback(control.listen.host)) return false;
  return control.token === null && control.tokenFile === null;
}

/** The warning for an exposed control API. */
export const EXPOSED =
  'the control API listens beyond this machine without a token, so anyone who can reach it can change everything: set control.token or control.tokenFile';
