import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { acceptsConnections } from '../../lib/running/broker-here.js';
import { until } from './rabbitmq/until.js';

/** Where a server of a spec listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** A raw TCP server on a free port, closed with its connections when the test ends. It ends nothing by itself. */
export async function startServer(t: ExecutionContext, serve: (client: Socket) => void): Promise<Listening> {
  const clients = new Set<Socket>();
  // A FIN from a client must not be answered behind our back.
  const server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    // How a client leaves is not what these servers are for.
    client.on('error', () => {});
    serve(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    for (const client of clients) client.destroy();
    server.close();
    await once(server, 'close');
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** Sends the octets and then an RST: nothing in between, as RabbitMQ refuses. */
export function endWithReset(client: Socket, farewell: Uint8Array = new Uint8Array()): void {
  client.resume();
  if (farewell.length === 0) client.resetAndDestroy();
  else client.write(farewell, () => client.resetAndDestroy());
}

/** Sends the octets and then a FIN; the client's half stays open. */
export function endWithFin(client: Socket, farewell: Uint8Array = new Uint8Array()): void {
  client.resume();
  client.end(farewell);
}

/** A port on which nobody listens: it was free a moment ago. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Whether nobody listens any more, now or in a moment: while another spec starts a program, its fork holds the
 * listeners of this process until it is that program.
 */
export async function isDeaf({ host, port }: Listening): Promise<boolean> {
  return (await until(async () => !(await acceptsConnections({ host, port })), 5_000)) === true;
}
