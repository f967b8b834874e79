import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** How often the kernel is asked, and how long an answer is waited for, in ms. */
const INTERVAL = 5;
export const LONGEST_DELIVERY = 10_000;

/** Linux: the kernel's tables of sockets. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

const NO_OCTETS = new Uint8Array(0);

type Waiting = { readonly ports: string; readonly then: () => void };

/** The sockets that wait. All of them share one look at the tables. */
const waiting = new Set<Waiting>();
let isLooking = false;

/**
 * Calls `then` once when the peer's kernel has acknowledged everything that was written to a socket, and its FIN if it was sent; after
 * 10 s in any case. A reset before that would discard what is still on its way. Where the kernel cannot be asked,
 * what was handed to it counts as delivered.
 */
export function whenDelivered(socket: Socket, then: () => void): void {
  let isOver = false;
  let entry: Waiting | undefined;
  const over = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(limit);
    if (entry !== undefined) waiting.delete(entry);
    then();
  };
  const limit = setTimeout(over, LONGEST_DELIVERY);
  const handedOver = (): void => {
    const { localPort, remotePort } = socket;
    if (isOver) return;
    if (localPort === undefined || remotePort === undefined) {
      over();
      return;
    }
    entry = { ports: `${hex(localPort)} ${hex(remotePort)}`, then: over };
    waiting.add(entry);
    if (!isLooking) void look();
  };
  socket.once('close', over);
  if (socket.writableFinished || socket.destroyed) handedOver();
  else if (socket.writableEnded) socket.once('finish', handedOver);
  else socket.write(NO_OCTETS, handedOver);
}

async function look(): Promise<void> {
  isLooking = true;
  while (waiting.size > 0) {
    // Those that came during a look are not in it.
    const asked = [...waiting];
    const unacknowledged = new Set((await Promise.all(TABLES.map(read))).flatMap(unacknowledgedIn));
    for (const each of asked) if (!unacknowledged.has(each.ports)) each.then();
    if (waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
  isLooking = false;
}

async function read(table: string): Promise<string> {
  try {
    return await readFile(table, 'latin1');
  } catch {
    return ''; // Not Linux, or no IPv6.
  }
}

/**
 * The local and the remote port, in hex, of the sockets with octets that were not acknowledged. Another connection with the same
 * ports and other addresses only makes one wait a little longer.
 */
export function unacknowledgedIn(table: string): string[] {
  return [...table.matchAll(/: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} (?!0{8}:)/g)].map(
    ([, local, remote]) => `${local} ${remote}`,
  );
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
