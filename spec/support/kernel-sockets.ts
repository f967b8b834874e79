import { existsSync, readFileSync } from 'node:fs';

/** Linux: the kernel's table of IPv4 sockets. */
const TABLE = '/proc/net/tcp';

/** States of connections that have fully closed, and of listeners. */
const TIME_WAIT = '06';
const LISTEN = '0A';

/** Whether `kernelSockets` works on this machine. */
export const knowsKernelSockets = existsSync(TABLE);

/** How many endpoints of connections to or from a port still exist on this machine. */
export function kernelSockets(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(TABLE, 'ascii')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote, state]) => {
      return state !== TIME_WAIT && state !== LISTEN && (local?.endsWith(suffix) || remote?.endsWith(suffix));
    }).length;
}
