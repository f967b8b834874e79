import type { Reason } from '../amqp/reason.js';
import type { Connection } from './connection.js';
import { Crowd } from './crowd.js';

/** The limits on open connections. 0 for `maxConnectionsPerSource`: no limit. */
type Limits = { readonly maxConnections: number; readonly maxConnectionsPerSource: number };

/** The open connections of a proxy, counted in total and by source address. */
export class OpenConnections {
  private readonly open = new Crowd<Connection>();
  private readonly bySource = new Map<string, number>();
  private whenIdle: (() => void)[] = [];

  get size(): number {
    return this.open.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.open[Symbol.iterator]();
  }

  /** The limit that one more connection would exceed. @param source null: sources are not counted */
  limitReached(source: string | null, { maxConnections, maxConnectionsPerSource }: Limits): Reason | undefined {
    if (this.open.size >= maxConnections) return { name: 'limit', limit: 'maxConnections', value: maxConnections };
    if (source !== null && (this.bySource.get(source) ?? 0) >= maxConnectionsPerSource) {
      return { name: 'limit', limit: 'maxConnectionsPerSource', value: maxConnectionsPerSource };
    }
    return undefined;
  }

  add(connection: Connection, source: string | null): void {
    this.open.add(connection);
    connection.countedUnder = source;
    if (source !== null) this.bySource.set(source, (this.bySource.get(source) ?? 0) + 1);
  }

  remove(connection: Connection): void {
    const source = connection.countedUnder;
    this.open.delete(connection);
    if (source !== null) {
      const others = (this.bySource.get(source) ?? 1) - 1;
      if (others > 0) this.bySource.set(source, others);
      else this.bySource.delete(source);
    }
    if (this.open.size === 0) for (const idle of this.whenIdle.splice(0)) idle();
  }

  /** Resolves when no connection is open. */
  async idle(): Promise<void> {
    if (this.open.size > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }
}
