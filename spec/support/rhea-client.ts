import { once } from 'node:events';
import type { Socket } from 'node:net';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { within } from './within.js';

/** The events of an AMQP 1.0 client on a connection that fails. */
export interface RheaEnd {
  /** Names of its events, in order. */
  readonly events: readonly string[];
  /** The first error. */
  readonly error: string | null;
}

const TOLD = ['connection_open', 'connection_error', 'protocol_error', 'connection_close', 'disconnected'];

/** Resolves with an event of the connection; rejects when the connection ends first. */
async function awaited(connection: Connection, event: string): Promise<EventContext> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const failed = ['connection_error', 'protocol_error', 'disconnected'].map(async (name) => {
    await once(connection, name, { signal });
    throw new Error(`${name} instead of ${event}`);
  });
  try {
    const [context] = await within(Promise.race([once(connection, event, { signal }), ...failed]), event);
    return context as EventContext;
  } finally {
    for (const promise of failed) promise.catch(() => {});
    stopped.abort();
  }
}

const dial = (port: number, options: Partial<ConnectionOptions>): Connection =>
  rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false, ...options } as ConnectionOptions);

/** Opens a connection, with SASL if the options contain a user; rejects when that fails. */
export async function openRhea(port: number, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = dial(port, options);
  await awaited(connection, 'connection_open');
  return connection;
}

/** Sends a message to an address and receives it again. */
export async function sendAndReceive(connection: Connection, address: string, body: string): Promise<string> {
  const message = awaited(connection, 'message');
  connection.open_receiver(address);
  const sender = connection.open_sender(address);
  await awaited(connection, 'sendable');
  sender.send({ body });
  return (await message).message?.body;
}

/** Closes the connection in an orderly way. */
export async function closeRhea(connection: Connection): Promise<void> {
  const closed = awaited(connection, 'connection_close');
  connection.close();
  await closed;
}

/**
 * Opens a connection that will be refused.
 *
 * @returns the events until its end
 */
export async function refusedRhea(port: number, options: Partial<ConnectionOptions> = {}): Promise<RheaEnd> {
  const connection = dial(port, options);
  const events: string[] = [];
  let error: string | null = null;
  for (const name of TOLD) {
    connection.on(name as 'connection_open', (told: EventContext | Error) => {
      events.push(name);
      // For protocol_error it emits only the error.
      const cause = told instanceof Error ? told : (told.error ?? told.connection.error);
      error ??= cause?.toString() ?? null;
    });
  }
  connection.on('connection_open' as never, () => connection.open_sender('/amq/queue/any'));
  // rhea does not always emit `disconnected`.
  const socket: Socket = connection['socket'];
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await within(closed, () => `the end, after ${events.join()}`);
  return { events, error };
}
