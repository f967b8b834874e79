import type { Socket } from 'node:net';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { type ClientLibrary, destroyOn, type Link, PREFETCH, trust, unlessEnded } from './client.js';

/** In ms. */
const CONNECT_TIMEOUT = 5_000;

/** amqplib, for AMQP 0-9-1. */
export const amqplib: ClientLibrary = {
  name: 'amqplib',
  async open({ port, tls }, signal, heartbeat = 0) {
    const url = `amqp${tls ? 's' : ''}://guest:guest@127.0.0.1:${port}?heartbeat=${heartbeat}`;
    const model = await connect(url, { timeout: CONNECT_TIMEOUT, noDelay: true, ...(tls && trust()) });
    return linkOf(model, signal);
  },
};

function linkOf(model: ChannelModel, signal: AbortSignal): Link {
  const { stream } = model.connection as unknown as { readonly stream: Socket };
  destroyOn(signal, stream);
  const ended = new Promise<void>((resolve) => {
    model.once('close', () => resolve());
    stream.once('close', () => resolve());
    if (stream.destroyed) resolve();
  });
  // An error is followed by `close`.
  model.on('error', () => {});
  let channel: ConfirmChannel | undefined;
  let target = '';
  /** Ids of messages that came back, which are then confirmed as well. */
  const returned = new Set<string>();
  const opened = async (): Promise<ConfirmChannel> => {
    const made = await unlessEnded(model.createConfirmChannel(), ended);
    made.on('error', () => {});
    return made;
  };
  return {
    ended,
    async toPublish(queue) {
      channel = await opened();
      channel.on('return', ({ properties }) => returned.add(properties.messageId));
      target = queue;
    },
    publish({ id, body }) {
      const confirmed = new Promise<void>((resolve, reject) => {
        channel?.sendToQueue(target, body, { persistent: true, mandatory: true, messageId: id }, (error) => {
          if (error) reject(error);
          else if (returned.delete(id)) reject(new Error('returned'));
          else resolve();
        });
      });
      return unlessEnded(confirmed, ended);
    },
    async consume(queue, receive) {
      const consumer = await opened();
      await unlessEnded(consumer.prefetch(PREFETCH), ended);
      const consumed = consumer.consume(queue, (message) => {
        if (message === null) return;
        receive(message.properties.messageId, message.content);
        try {
          consumer.ack(message);
        } catch {
          // The channel has closed meanwhile, and the broker delivers the message again.
        }
      });
      await unlessEnded(consumed, ended);
    },
    async close() {
      await unlessEnded(model.close(), ended).catch(() => {});
      await ended;
    },
  };
}
