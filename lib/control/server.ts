import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { addressOf } from '../text/address-of.js';
import { OpenConnections } from './open-connections.js';
import { PacedConnection } from './paced-connection.js';
import { type Api, requestListener } from './request-listener.js';

/** Limits for slow or oversized requests, in ms and octets. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 15_000,
  // By default Node.js checks the timeouts only every 30 s.
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16_384,
  /** Maximum open connections. */
  connections: 1_024,
  /** Maximum octets in memory that wait for clients: 64 MiB. */
  held: 67_108_864,
};

/**
 * Serves the control API on its own port. A connection has one request in work at a time, and is closed if its client takes
 * nothing of an answer for a minute.
 */
export class ControlServer {
  private readonly server: Server;
  private readonly connections: OpenConnections;

  constructor(api: Api, given: Partial<typeof LIMITS> = {}) {
    const { connections, held, ...limits } = { ...LIMITS, ...given };
    this.connections = new OpenConnections({ connections, held, quiet: limits.keepAliveTimeout });
    this.server = createServer(limits, requestListener(api));
    this.pace();
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
      this.server.closeAllConnections();
    });
  }

  /** Puts a paced connection between each socket and the parser of Node.js. */
  private pace(): void {
    const serve = this.server.listeners('connection');
    this.server.removeAllListeners('connection');
    this.server.on('connection', (socket) => {
      const connection = this.connections.accept(socket);
      if (connection !== undefined) for (const listener of serve) listener.call(this.server, connection);
    });
    this.server.prependListener('request', (request, response) => {
      const connection: unknown = request.socket;
      if (connection instanceof PacedConnection) connection.begin(request, response);
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
