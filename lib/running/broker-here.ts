import { connect } from 'node:net';

/** Where `upstream: auto` looks for a broker. */
export const LOCAL_BROKER = { host: 'localhost', port: 5672 } as const;

/** Time to wait for the connection, in ms. */
const PATIENCE = 2_000;

/** Whether an address accepts TCP connections. Sends nothing. */
export function acceptsConnections(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const answer = (accepts: boolean): void => {
      socket.destroy();
      resolve(accepts);
    };
    socket.setTimeout(PATIENCE, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
