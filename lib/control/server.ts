import { once } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { addressOf } from '../text/address-of.js';

/** Limits for slow or oversized requests, in ms and octets. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 15_000,
  // By default Node.js checks the timeouts only every 30 s.
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16_384,
};
/** Maximum open connections. Further ones are closed at once. */
const MOST_CONNECTIONS = 1024;

/** Serves the control API on its own port. */
export class ControlServer {
  private readonly server: ReturnType<typeof createAdaptorServer>;

  constructor(api: Hono, limits: typeof LIMITS = LIMITS) {
    // HTTP/1.0 has requests without a host; their URL must have one.
    this.server = createAdaptorServer({ fetch: api.fetch, hostname: 'localhost', serverOptions: limits });
    this.server.maxConnections = MOST_CONNECTIONS;
    // Node.js closes the connection of a CONNECT without an answer unless there is a listener.
    this.server.on('connect', (request: IncomingMessage, socket: Socket) => this.answerConnect(request, socket));
  }

  /**
   * Opens the listener. Port 0 picks a free port.
   *
   * @returns its URL, `http://127.0.0.1:8474`
   * @throws the operating system's error, with a `code`
   */
  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
    this.server.listen({ host, port });
    await once(this.server, 'listening');
    const { address, port: bound } = this.server.address() as AddressInfo;
    return `http://${addressOf(address, bound)}`;
  }

  /** Closes the listener and all connections. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      if ('closeAllConnections' in this.server) this.server.closeAllConnections();
    });
  }

  /** Answers a CONNECT as a method that no route has, and then closes the connection. */
  private answerConnect(request: IncomingMessage, socket: Socket): void {
    socket.on('error', () => socket.destroy());
    // A Request of the Fetch API cannot have this method. No route has OPTIONS either.
    request.method = 'OPTIONS';
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // Not `end`: a client that does not close must not keep the server from closing.
    response.on('finish', () => socket.destroySoon());
    this.server.emit('request', request, response);
  }
}
