import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { acceptsConnections } from '../../lib/running/broker-here.js';
import { until } from './rabbitmq/until.js';

/** Address of a spec's server. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** A raw TCP server on a free port. It never closes a connection by itself; everything is closed when the test ends. */
export async function startServer(t: ExecutionContext, serve: (client: Socket) => void): Promise<Listening> {
  const clients = new Set<Socket>();
  // Node must not answer a client's FIN by itself.
  const server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    // These servers ignore how a client leaves.
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

/** Sends the bytes and then an RST, with nothing in between, as RabbitMQ does when it refuses. */
export function endWithReset(client: Socket, farewell: Uint8Array = new Uint8Array()): void {
  client.resume();
  if (farewell.length === 0) client.resetAndDestroy();
  else client.write(farewell, () => client.resetAndDestroy());
}

/** Sends the bytes and then a FIN; the client's half stays open. */
export function endWithFin(client: Socket, farewell: Uint8Array = new Uint8Array()): void {
  client.resume();
  client.end(farewell);
}

/** Returns a port on which nothing listens: it was free a moment ago. */
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
 * Whether nothing listens any more, now or soon. While another spec starts a program, the forked process holds the
 * listeners of this process until it executes that program.
 */
export async function isDeaf({ host, port }: Listening): Promise<boolean> {
  return (await until(async () => !(await acceptsConnections({ host, port })), 5_000)) === true;
}
