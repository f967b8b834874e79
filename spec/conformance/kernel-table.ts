import { readFileSync } from 'node:fs';

/** Linux: the kernel's table of IPv4 sockets. */
const TABLE = '/proc/net/tcp';

/** States of sockets that have fully closed. */
const GONE = new Set(['06', '07']);

/** How long a copy of the table may be used, in ms: several sides ask at the same time. */
const FRESH = 5;

let sockets = new Set<string>();
let readAt = Number.NEGATIVE_INFINITY;

/**
 * Whether the kernel of this machine still has this end of a connection. A reset removes it, even if nobody reads.
 *
 * @throws Error when the system is not Linux
 */
export function isInKernel(ownPort: number, otherPort: number): boolean {
  if (performance.now() - readAt > FRESH) {
    sockets = readTable();
    readAt = performance.now();
  }
  return sockets.has(`${ownPort} ${otherPort}`);
}

function readTable(): Set<string> {
  const found = new Set<string>();
  for (const line of readFileSync(TABLE, 'ascii').split('\n')) {
    const [, own, other, state] =
      /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2})/.exec(line) ?? [];
    if (own === undefined || other === undefined || state === undefined || GONE.has(state)) continue;
    found.add(`${Number.parseInt(own, 16)} ${Number.parseInt(other, 16)}`);
  }
  return found;
}
