import { ownCopy } from './own-copy.js';

/** How many are remembered. The oldest is forgotten for a new one. */
const MOST = 65_536;

/** Connections whose end an entry has explained before it comes, by client and port. */
export class ExplainedConnections {
  private readonly clients = new Set<string>();

  /** An entry says why the connection will be closed. */
  explain(client: string): void {
    if (this.clients.size >= MOST) this.clients.delete(this.clients.keys().next().value as string);
    this.clients.add(ownCopy(client));
  }

  /** @returns whether its end was explained before */
  close(client: string): boolean {
    return this.clients.delete(client);
  }
}
