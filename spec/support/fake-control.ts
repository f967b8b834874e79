import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** How a fake control API responds; a request that it does not answer stays open. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** An HTTP server that responds as a spec asks; closed when the test ends. @returns its URL */
export async function fakeControl(t: ExecutionContext, serve: Serve): Promise<string> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with JSON. */
export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
