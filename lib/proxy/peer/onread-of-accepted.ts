import { type OnReadOpts, Socket } from 'node:net';

/**
 * Gives an accepted socket the option `onread`, which Node only has for sockets that it connects: reading into a shared
 * buffer takes half the CPU time a megabyte and no memory for each socket.
 *
 * Node keeps the option in two properties of the socket, and uses the buffer through its handle. Both are private, so they
 * are looked up, by their values, and nothing happens if they are not as expected.
 *
 * @param socket accepted in this turn of the event loop, so that nothing was read yet
 * @returns false if this version of Node does not allow it; the socket is then unchanged
 */
export function giveOnread(socket: Socket, { buffer, callback }: OnReadOpts): boolean {
  const { _handle: handle } = socket as unknown as HasHandle;
  if (keys === null || typeof handle?.useUserBuffer !== 'function') return false;
  const properties = socket as unknown as Record<symbol, unknown>;
  properties[keys.buffer] = buffer;
  properties[keys.callback] = callback;
  handle.useUserBuffer(buffer as Uint8Array);
  return true;
}

type HasHandle = { readonly _handle?: { readonly useUserBuffer?: (buffer: Uint8Array) => void } };

/** Where Node keeps the option; null if it is not found. */
const keys = findKeys();

function findKeys(): { readonly buffer: symbol; readonly callback: symbol } | null {
  const onread: OnReadOpts = { buffer: new Uint8Array(1), callback: () => true };
  const socket = new Socket({ onread } as ConstructorParameters<typeof Socket>[0]);
  const properties = socket as unknown as Record<symbol, unknown>;
  const symbols = Object.getOwnPropertySymbols(socket);
  const buffer = symbols.find((key) => properties[key] === onread.buffer);
  const callback = symbols.find((key) => properties[key] === onread.callback);
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}
