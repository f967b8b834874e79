import { isLoopback } from '../config/address.js';
import type { Config } from '../config/schema.js';

/** Whether anybody on the network may ask the control API for everything. */
export function isExposed({ control }: Config): boolean {
  return control !== null && control.token === null && !isLoopback(control.listen.host);
}

/** What is said of it. */
export const EXPOSED =
  'whoever reaches the control API may change everything: it has no token (RABBIT_SNARE_CONTROL_TOKEN), and listens beyond this machine';
