import { pem } from '../../support/secure-wire.js';
import type { Message } from '../message.js';

/** A port of the proxy. */
export interface Target {
  readonly port: number;
  /** Whether clients must use TLS. */
  readonly tls: boolean;
}

/** How clients check the proxy's certificate, which is one of the fixtures. */
export const trust = () => ({ ca: [Buffer.from(pem('ca'))], servername: 'localhost' });

/** A real AMQP client library. */
export interface ClientLibrary {
  readonly name: string;
  /**
   * Opens a connection.
   *
   * @param signal closes the socket, whatever state the connection is in
   * @param heartbeat in s; 0: none
   * @throws the library's error
   */
  open(target: Target, signal: AbortSignal, heartbeat?: number): Promise<Link>;
}

/** An open connection of a client library. Every method rejects when the connection ends. */
export interface Link {
  /** Prepares it for `publish`. */
  toPublish(queue: string): Promise<void>;
  /** Publishes a persistent message. Resolves when the broker has confirmed it. */
  publish(message: Message): Promise<void>;
  /** Receives messages, and acknowledges each after `receive` has returned. Resolves when the consumer is registered. */
  consume(queue: string, receive: (id: unknown, body: Uint8Array) => void): Promise<void>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  /** Closes it in an orderly way. */
  close(): Promise<void>;
}

/** Maximum unacknowledged messages of a consumer. */
export const PREFETCH = 50;

/** Rejects when the connection ends before the promise is settled: some libraries then never settle it. */
export async function unlessEnded<T>(promise: Promise<T>, ended: Promise<void>): Promise<T> {
  const over = ended.then(() => {
    throw new Error('the connection has ended');
  });
  over.catch(() => {});
  promise.catch(() => {});
  return await Promise.race([promise, over]);
}

/** Destroys a socket when the signal is aborted. */
export function destroyOn(
  signal: AbortSignal,
  socket: { destroy(): void; once(event: 'close', call: () => void): void },
) {
  const destroy = (): void => socket.destroy();
  if (signal.aborted) destroy();
  signal.addEventListener('abort', destroy, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', destroy));
}
