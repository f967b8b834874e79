import type { Config } from '../config/schema.js';
import { isLoopback } from '../text/address.js';

/** Whether anybody on the network may ask the control API for everything. */
export function isExposed({ control }: Config): boolean {
  if (control === null || isLoopback(control.listen.host)) return false;
  return control.token === null && control.tokenFile === null;
}

/** What is said of it. */
export const EXPOSED =
  'whoever reaches the control API may change everything: it has no token (control.token, control.tokenFile), and listens beyond this machine';
