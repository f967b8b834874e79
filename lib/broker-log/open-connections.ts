import { ownCopy } from './own-copy.js';

/** How many are remembered. The oldest is forgotten for a new one. */
const MOST = 65_536;

/** The connections of a log that are open at the current entry, by client and port. */
export class OpenConnections {
  /** Whether an entry about an error has explained the end before it comes. */
  private readonly explained = new Map<string, boolean>();

  accept(client: string): void {
    this.remember(client, false);
  }

  /** An entry says why the connection will be closed. */
  explain(client: string): void {
    this.remember(client, true);
  }

  /** @returns whether its end was explained before */
  close(client: string): boolean {
    const wasExplained = this.explained.get(client) ?? false;
    this.explained.delete(client);
    return wasExplained;
  }

  private remember(client: string, isExplained: boolean): void {
    if (this.explained.size >= MOST) this.explained.delete(this.explained.keys().next().value as string);
    this.explained.set(ownCopy(client), isExplained);
  }
}
