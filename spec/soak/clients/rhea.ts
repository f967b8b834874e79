import type { Socket } from 'node:net';
import rhea, { type Connection, type ConnectionOptions, type Delivery, type EventContext, type Sender } from 'rhea';
import { type ClientLibrary, destroyOn, type Link, PREFETCH, trust, unlessEnded } from './client.js';

const ERRORS = [
  'connection_error',
  'protocol_error',
  'session_error',
  'sender_error',
  'receiver_error',
  'error',
  'disconnected',
] as const;
const LOGIN = { username: 'guest', password: 'guest' };

/**
 * rhea, for AMQP 1.0. An accepted delivery is a confirm for the sender and an ack for the receiver.
 *
 * @param addressOf the AMQP 1.0 address of a queue, which differs between RabbitMQ 3 and 4
 */
export const rheaWith = (addressOf: (queue: string) => string): ClientLibrary => ({
  name: 'rhea',
  async open({ port, tls }, signal, heartbeat = 0) {
    const options = { host: '127.0.0.1', port, reconnect: false, max_frame_size: 131_072, ...LOGIN };
    const container = rhea.create_container();
    container.on('error', () => {});
    const connection = container.connect({
      ...options,
      ...(tls && { transport: 'tls', ...trust() }),
      ...(heartbeat > 0 && { idle_time_out: heartbeat * 1000 }),
    } as ConnectionOptions);
    // rhea throws or prints the errors that nobody listens to.
    for (const name of ERRORS) connection.on(name as 'connection_error', () => socket.destroy());
    const socket: Socket = connection['socket'];
    destroyOn(signal, socket);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await unlessEnded(happened(connection, 'connection_open'), ended);
    return linkOf(connection, ended, addressOf);
  },
});

const happened = (emitter: Connection, event: string): Promise<void> =>
  new Promise((resolve) => emitter.once(event as 'connection_open', () => resolve()));

function linkOf(connection: Connection, ended: Promise<void>, addressOf: (queue: string) => string): Link {
  let sender: Sender | undefined;
  const waiting = new Map<Delivery, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  const settle = (name: 'accepted' | 'released' | 'rejected' | 'modified') =>
    connection.on(name as 'accepted', ({ delivery }: EventContext) => {
      const wait = delivery && waiting.get(delivery);
      if (wait === undefined) return;
      waiting.delete(delivery as Delivery);
      if (name === 'accepted') wait.resolve();
      else wait.reject(new Error(name));
    });
  for (const name of ['accepted', 'released', 'rejected', 'modified'] as const) settle(name);
  return {
    ended,
    async toPublish(queue) {
      const sendable = happened(connection, 'sendable');
      sender = connection.open_sender({ target: { address: addressOf(queue), durable: 2 } } as never);
      await unlessEnded(sendable, ended);
    },
    async publish({ id, body }) {
      const to = sender;
      if (to === undefined) throw new Error('toPublish() comes first');
      if (!to.sendable()) await unlessEnded(happened(connection, 'sendable'), ended);
      const confirmed = new Promise<void>((resolve, reject) => {
        const content = rhea.message.data_section(body);
        waiting.set(to.send({ message_id: id, durable: true, body: content }), { resolve, reject });
      });
      await unlessEnded(confirmed, ended);
    },
    async consume(queue, receive) {
      const open = happened(connection, 'receiver_open');
      connection.on('message', ({ message, delivery }: EventContext) => {
        receive(message?.message_id, octetsOf(message?.body));
        delivery?.accept();
      });
      connection.open_receiver({ source: { address: addressOf(queue) }, credit_window: PREFETCH, autoaccept: false });
      await unlessEnded(open, ended);
    },
    async close() {
      connection.close();
      await ended;
    },
  };
}

/** A body of one data section arrives as its octets or as `{content}`. */
function octetsOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  const content = (body as { readonly content?: unknown } | null | undefined)?.content;
  if (Array.isArray(content)) return Buffer.concat(content.map(octetsOf));
  return content instanceof Uint8Array ? content : new Uint8Array();
}
