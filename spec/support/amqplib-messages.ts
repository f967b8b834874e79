import type { ChannelModel } from 'amqplib';
import { within } from './within.js';

/** Publishes `count` messages to its own queue and consumes them. @returns their bodies in order of arrival */
export async function carry(
  connection: ChannelModel,
  count: number,
  body: (at: number) => string,
): Promise<readonly string[]> {
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const bodies: string[] = [];
  const all = new Promise<void>((resolve) => {
    void channel.consume(queue, (message) => {
      if (!message) return;
      bodies.push(message.content.toString());
      channel.ack(message);
      if (bodies.length === count) resolve();
    });
  });
  for (let at = 0; at < count; at++) {
    if (!channel.sendToQueue(queue, Buffer.from(body(at)))) {
      await new Promise<void>((resolve) => channel.once('drain', () => resolve()));
    }
  }
  await channel.waitForConfirms();
  await within(all, () => `${count} messages, ${bodies.length} arrived`);
  return bodies;
}
