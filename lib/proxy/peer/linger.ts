import type { Socket } from 'node:net';

/** How long octets that the peer does not read may delay its close, in ms. */
export const LINGER = 2_000;

/** Calls `then` after `LINGER`, unless the socket is gone by then. */
export function afterLinger(socket: Socket, then: () => void): void {
  if (socket.closed) return;
  const timer = setTimeout(then, LINGER);
  socket.once('close', () => clearTimeout(timer));
}
