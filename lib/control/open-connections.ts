import type { Socket } from 'node:net';
import { PacedConnection } from './paced-connection.js';

/** The limits of all connections to a server together. */
export type ConnectionLimits = {
  /** Maximum open connections. */
  readonly connections: number;
  /** Maximum octets in memory that wait for clients to read, or to complete their requests. */
  readonly held: number;
  /** Time in ms without a request, or in which a client takes nothing of its answer. */
  readonly quiet: number;
};

/**
 * The open connections of an HTTP server. At their maximum, the one that has been idle for the longest is closed for a new one,
 * and if all are busy, the new one is closed. If clients leave too much in memory, the one that began first is closed.
 */
export class OpenConnections {
  private readonly limits: ConnectionLimits;
  private readonly open = new Set<PacedConnection>();
  /** In the order in which they became idle. */
  private readonly idle = new Set<PacedConnection>();
  /** The octets that each holds, in the order in which they began to hold any. */
  private readonly holding = new Map<PacedConnection, number>();
  /** The sum of these. */
  private held = 0;

  constructor(limits: ConnectionLimits) {
    this.limits = limits;
  }

  /** Returns the connection of an accepted socket, or undefined if it was closed. */
  accept(socket: Socket): PacedConnection | undefined {
    if (this.open.size >= this.limits.connections) {
      const [longest] = this.idle;
      if (longest === undefined) {
        socket.destroy();
        return undefined;
      }
      this.drop(longest);
    }
    const connection = new PacedConnection(socket, this.limits.quiet, {
      idle: (each, isIdle) => {
        if (isIdle) this.idle.add(each);
        else this.idle.delete(each);
      },
      holds: (each, octets) => this.weigh(each, octets),
    });
    this.open.add(connection);
    connection.once('close', () => this.forget(connection));
    return connection;
  }

  private weigh(connection: PacedConnection, octets: number): void {
    if (!this.open.has(connection)) return;
    this.held += octets - (this.holding.get(connection) ?? 0);
    if (octets > 0) this.holding.set(connection, octets);
    else this.holding.delete(connection);
    if (this.held <= this.limits.held) return;
    const [first] = this.holding.keys();
    if (first !== undefined) this.drop(first);
  }

  private drop(connection: PacedConnection): void {
    this.forget(connection);
    connection.destroy();
  }

  private forget(connection: PacedConnection): void {
    this.open.delete(connection);
    this.idle.delete(connection);
    this.held -= this.holding.get(connection) ?? 0;
    this.holding.delete(connection);
  }
}
