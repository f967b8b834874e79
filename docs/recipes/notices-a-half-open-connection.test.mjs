// npm i -D rabbit-snare amqplib ava && npx ava notices-a-half-open-connection.test.mjs
// The broker falls silent, and no FIN or RST reaches the consumer, as after a failed network link. Finds: consumers
// without heartbeats, which wait forever, and consumers that lose messages of the dead connection. Needs a broker.
import { EventEmitter, once } from 'node:events';
import { connect } from 'amqplib';
import test from 'ava';
import { createSnare } from 'rabbit-snare';

const broker = process.env.RABBITMQ ?? 'localhost:5672';

/** The consumer under test: replace it with yours. It notices after two to three heartbeat intervals. */
async function consume(url, queue, handle) {
  const setup = async (connection) => {
    const channel = await connection.createChannel();
    await channel.consume(queue, (message) => handle(message) && channel.ack(message));
  };
  const connection = await connect(`${url}?heartbeat=1`, { recovery: { setup } });
  return connection.on('error', () => {});
}

test('my consumer notices a half-open connection', async (t) => {
  const snare = await createSnare({ upstream: broker });
  const direct = await connect(`amqp://${broker}`);
  const channel = await direct.createChannel();
  const { queue } = await channel.assertQueue('', { arguments: { 'x-expires': 60_000 } });
  t.teardown(() => Promise.all([snare.close(), direct.close()]));
  const inbox = new EventEmitter();
  const consumer = await consume(snare.url, queue, (message) => inbox.emit('message', message));
  t.teardown(() => consumer.close());
  const fault = await snare.faults.add({ type: 'amqp_stall', attributes: { at: 'running', timeout: 0 }, times: 1 });
  t.teardown(() => fault.remove());
  channel.sendToQueue(queue, Buffer.from('an order'));
  const [message] = await once(inbox, 'message', { signal: AbortSignal.timeout(15_000) });
  t.is(fault.seen.length, 1);
  t.true(message.fields.redelivered, 'the broker had sent it to the dead connection');
});
