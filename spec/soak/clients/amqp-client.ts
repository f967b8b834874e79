import type { Socket } from 'node:net';
import { type AMQPChannel, AMQPClient } from '@cloudamqp/amqp-client';
import { type ClientLibrary, destroyOn, type Link, PREFETCH, trust, unlessEnded } from './client.js';

/** @cloudamqp/amqp-client, for AMQP 0-9-1. */
export const amqpClient: ClientLibrary = {
  name: '@cloudamqp/amqp-client',
  async open({ port, tls }, signal, heartbeat = 0) {
    const url = `amqp${tls ? 's' : ''}://guest:guest@127.0.0.1:${port}?heartbeat=${heartbeat}&frameMax=131072`;
    const client = new AMQPClient(url, tls ? (trust() as never) : undefined);
    client.onerror = () => {};
    const connected = client.connect();
    const { socket } = client as unknown as { readonly socket: Socket };
    destroyOn(signal, socket);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await unlessEnded(connected, ended);
    return linkOf(client, ended);
  },
};

function linkOf(client: AMQPClient, ended: Promise<void>): Link {
  let channel: AMQPChannel | undefined;
  let target = '';
  /** Ids of messages that came back, which are then confirmed as well. */
  const returned = new Set<string>();
  const opened = async (): Promise<AMQPChannel> => {
    const made = await unlessEnded(client.channel(), ended);
    made.onerror = () => {};
    return made;
  };
  return {
    ended,
    async toPublish(queue) {
      channel = await opened();
      await unlessEnded(channel.confirmSelect(), ended);
      channel.onReturn = ({ properties }) => void returned.add(properties.messageId ?? '');
      target = queue;
    },
    async publish({ id, body }) {
      if (channel === undefined) throw new Error('toPublish() comes first');
      await unlessEnded(channel.basicPublish('', target, body, { deliveryMode: 2, messageId: id }, true), ended);
      if (returned.delete(id)) throw new Error('returned');
    },
    async consume(queue, receive) {
      const consumer = await opened();
      await unlessEnded(consumer.prefetch(PREFETCH), ended);
      const consumed = consumer.basicConsume(queue, { noAck: false }, (message) => {
        receive(message.properties.messageId, message.body ?? new Uint8Array());
        // If the channel has closed meanwhile, the broker delivers the message again.
        message.ack().catch(() => {});
      });
      await unlessEnded(consumed, ended);
    },
    async close() {
      await unlessEnded(client.close(), ended).catch(() => {});
      await ended;
    },
  };
}
