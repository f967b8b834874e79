// npm i -D rabbit-snare amqplib ava && npx ava survives-a-lost-confirm.test.mjs
// The broker has the message, but its confirm never arrives. Finds: publishers that wait forever, that count an
// unconfirmed message as sent, or that publish it again with another message ID. Needs a broker.
import { setTimeout } from 'node:timers/promises';
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from 'rabbit-snare';

const broker = process.env.RABBITMQ ?? 'localhost:5672';

/** The publisher under test: replace it with yours. */
async function publish(url, queue, messageId) {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const connection = await connect(url);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(queue, Buffer.from('an order'), { messageId });
    const confirm = channel.waitForConfirms().then(() => true);
    const isConfirmed = await Promise.race([confirm, setTimeout(500, false)]);
    await connection.close();
    if (isConfirmed) return;
  }
  throw new Error(`no confirm for ${messageId}`);
}

test('my publisher survives a lost confirm', async (t) => {
  const snare = await createSnare({ upstream: broker });
  const connection = await connect(`amqp://${broker}`);
  t.teardown(() => Promise.all([snare.close(), connection.close()]));
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const attributes = { method: 'basic.ack', action: 'drop' };
  const fault = await snare.faults.add({ type: 'amqp_hold', attributes, times: 1 });
  await publish(snare.url, queue, 'order-1');
  t.is(fault.seen.length, 1);
  for (const copy of [1, 2]) t.is((await channel.get(queue)).properties?.messageId, 'order-1', `copy ${copy}`);
});
