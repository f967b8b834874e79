import { existsSync, readFileSync } from 'node:fs';

/** Linux: what the kernel knows of this machine's IPv4 sockets. */
const TABLE = '/proc/net/tcp';

/** Connections that have ended for good, and listeners. */
const TIME_WAIT = '06';
const LISTEN = '0A';

/** Whether `kernelSockets` can tell. */
export const knowsKernelSockets = existsSync(TABLE);

/** How many ends of connections to or from a port this machine still holds. */
export function kernelSockets(port: number): number {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync(TABLE, 'ascii')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote, state]) => {
      return state !== TIME_WAIT && state !== LISTEN && (local?.endsWith(suffix) || remote?.endsWith(suffix));
    }).length;
}
