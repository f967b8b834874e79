import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { addressOf } from '../text/address-of.js';

/** ms and octets: who asks slowly, or too much, does not keep a place. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 15_000,
  // Node.js looks every 30 s if it is not told otherwise, and is then as late.
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 16_384,
};
/** Those that come beyond are closed at once. */
const MOST_CONNECTIONS = 1024;

/** The control API on a port of its own. */
export class ControlServer {
  private readonly server: ReturnType<typeof createAdaptorServer>;

  constructor(api: Hono, limits: typeof LIMITS = LIMITS) {
    // HTTP/1.0 has requests without a host; their URL must have one.
    this.server = createAdaptorServer({ fetch: api.fetch, hostname: 'localhost', serverOptions: limits });
    this.server.maxConnections = MOST_CONNECTIONS;
  }

  /**
   * Opens it; port 0 picks a free one.
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

  /** Closes it, idle connections too. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      if ('closeAllConnections' in this.server) this.server.closeAllConnections();
    });
  }
}
