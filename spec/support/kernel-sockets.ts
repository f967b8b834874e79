import { existsSync, readFileSync } from 'node:fs';

/** Linux: the kernel's table of IPv4 sockets. */
const TABLE = '/proc/net/tcp';

/** States of connections that have fully closed, and of listeners. */
const TIME_WAIT = '06';
const LISTEN = '0A';
const ESTABLISHED = '01';
/** The kind of timer. */
const KEEPALIVE = '02';

/** Whether `kernelSockets` works on this machine. */
export const knowsKernelSockets = existsSync(TABLE);

/** The rows of the table, as words. */
const rows = (): string[][] =>
  readFileSync(TABLE, 'ascii')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

const suffixOf = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** How many endpoints of connections to or from a port still exist on this machine. */
export function kernelSockets(port: number): number {
  const suffix = suffixOf(port);
  return rows().filter(([, local, remote, state]) => {
    return state !== TIME_WAIT && state !== LISTEN && (local?.endsWith(suffix) || remote?.endsWith(suffix));
  }).length;
}

/** When the kernel probes an open connection with this local or remote port, in seconds from now; null: never. */
export function keepAliveTimer({
  local,
  remote,
}: {
  readonly local?: number;
  readonly remote?: number;
}): number | null {
  for (const [, from, to, state, , timer] of rows()) {
    if (state !== ESTABLISHED) continue;
    const isMeant = local === undefined ? to?.endsWith(suffixOf(remote ?? 0)) : from?.endsWith(suffixOf(local));
    if (!isMeant) continue;
    const [active, when = ''] = timer?.split(':') ?? [];
    // The kernel counts in hundredths of a second.
    return active === KEEPALIVE ? Number.parseInt(when, 16) / 100 : null;
  }
  throw new Error(`no connection with the local port ${local} or the remote port ${remote}`);
}

/** How many connections of this machine wait for the acknowledgement of what they sent. */
export const unacknowledged = (): number =>
  rows().filter(([, , , state, queues]) => state === ESTABLISHED && !queues?.startsWith('00000000:')).length;
