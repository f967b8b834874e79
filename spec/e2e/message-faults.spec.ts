import { AMQPClient } from '@cloudamqp/amqp-client';
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { createSnare, type FaultHandle, type FaultInput, type Snare } from '../../lib/index.js';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { until } from '../support/rabbitmq/until.js';
import { runToEnd } from '../support/run-to-end.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

async function startSnare(t: ExecutionContext): Promise<Snare> {
  const snare = await createSnare({ upstream: `127.0.0.1:${sharedRabbitmq().port}`, seed: 7 });
  t.teardown(() => snare.close());
  return snare;
}

type Opened = { readonly connection: ChannelModel; readonly channel: ConfirmChannel; readonly queue: string };

async function open(t: ExecutionContext, snare: Snare): Promise<Opened> {
  const connection = await connect(snare.url);
  connection.on('error', () => {});
  t.teardown(() => connection.close().catch(() => {}));
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const { queue } = await channel.assertQueue('', { exclusive: true });
  return { connection, channel, queue };
}

/** A fault, a connection on which it acts, and another that was open before. */
async function faulty(t: ExecutionContext, fault: FaultInput) {
  const snare = await startSnare(t);
  const free = await open(t, snare);
  const handle: FaultHandle = await snare.faults.add({
    ...fault,
    name: 'here',
    when: { ...fault.when, connection: '1' },
  } as FaultInput);
  return { snare, free, fault: handle, faulted: await open(t, snare) };
}

/** Publishes to a queue. @returns `ack` or `nack` for each body, in the order in which they arrive */
function publish({ channel }: Opened, queue: string, bodies: readonly string[], mandatory = false) {
  const heard: string[] = [];
  const all = bodies.map(
    (body) =>
      new Promise<void>((resolve) => {
        channel.sendToQueue(queue, Buffer.from(body), { mandatory }, (error) => {
          heard.push(`${error ? 'nack' : 'ack'} ${body}`);
          resolve();
        });
      }),
  );
  return within(
    Promise.all(all).then(() => heard),
    () => `all confirms, not ${heard}`,
  );
}

/** Consumes a queue. `messages` grows; each is `BODY TAG`, with `again` if it was redelivered. */
async function consume({ channel }: Opened, queue: string) {
  const messages: ConsumeMessage[] = [];
  let cancel = (): void => {};
  const canceled = new Promise<void>((resolve) => {
    cancel = resolve;
  });
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message === null) cancel();
    else messages.push(message);
  });
  const told = () =>
    messages.map(
      ({ content, fields: { deliveryTag, redelivered } }) => `${content} ${deliveryTag}${redelivered ? ' again' : ''}`,
    );
  const count = async (least: number) => {
    await within(
      until(() => messages.length >= least, 10_000),
      () => `${least} messages, not ${told()}`,
    );
    return told();
  };
  return { messages, consumerTag, count, told, canceled: within(canceled, () => 'the cancellation') };
}

/** What the broker has of a queue: ready messages, and consumers. */
const left = async ({ connection }: Opened, queue: string) => {
  const channel = await connection.createChannel();
  const { messageCount, consumerCount } = await channel.checkQueue(queue);
  await channel.close();
  return { messageCount, consumerCount };
};

const BODIES = Array.from({ length: 8 }, (_, at) => `${at + 1}`);

test('amqp_channel_close: the channel is closed with the code, and can be opened again; others go on', async (t) => {
  const attributes = { code: 404, text: 'NOT_FOUND - no such queue', count: 1 };
  const { snare, free, faulted } = await faulty(t, {
    type: 'amqp_channel_close',
    attributes,
    when: { queue: 'refused' },
  });
  const other = await faulted.connection.createChannel();
  const closed = new Promise<Error & { code?: number }>((resolve) => void faulted.channel.once('error', resolve));
  const declared = faulted.channel.assertQueue('refused', { exclusive: true });
  await t.throwsAsync(declared, { message: /404 \(NOT-FOUND\) with message "NOT_FOUND - no such queue"/ });
  t.is((await closed).code, 404);
  t.is((await other.assertQueue('', { exclusive: true })).messageCount, 0);
  const again = await faulted.connection.createConfirmChannel();
  t.is((await again.assertQueue('refused', { exclusive: true })).queue, 'refused');
  t.deepEqual(
    await publish(free, free.queue, BODIES),
    BODIES.map((body) => `ack ${body}`),
  );
  await faulted.connection.close();
  const report = await snare.nextReport({ fault: 'here' });
  t.like(report, {
    decision: 'fault',
    reason: { name: 'connection_closed' },
    connectionClose: { by: 'client', code: 200 },
  });
  t.deepEqual(
    report.faults.map(({ name, at }) => [name, at]),
    [['here', 'running']],
  );
  await free.connection.close();
  t.like(await snare.nextReport({ decision: 'forward' }), { faults: [], reason: { name: 'connection_closed' } });
});

test('amqp_channel_close of every publish: messages never reach the broker, and the unconfirmed are known', async (t) => {
  const { faulted, free } = await faulty(t, {
    type: 'amqp_channel_close',
    attributes: { code: 403 },
    when: { method: 'basic.publish' },
  });
  const closed = new Promise<Error & { code?: number }>((resolve) => void faulted.channel.once('error', resolve));
  const confirms = publish(faulted, faulted.queue, BODIES);
  t.is((await closed).code, 403);
  t.deepEqual(
    await confirms,
    BODIES.map((body) => `nack ${body}`),
  );
  t.is((await left(faulted, faulted.queue)).messageCount, 0);
  t.is((await publish(free, free.queue, BODIES)).length, BODIES.length);
});

test('amqp_cancel: the consumer is canceled at both, and nothing is lost', async (t) => {
  const { fault, faulted } = await faulty(t, { type: 'amqp_cancel', attributes: { delay: 50 } });
  const { queue } = faulted;
  await publish(faulted, queue, BODIES);
  const consumer = await consume(faulted, queue);
  await consumer.canceled;
  t.is((await left(faulted, queue)).consumerCount, 0);
  const first = await consumer.count(0);
  faulted.channel.ackAll();
  await publish(faulted, queue, ['9']);
  await fault.remove();
  const second = await (await consume(faulted, queue)).count(9 - first.length);
  t.deepEqual(
    [...first, ...second],
    [...BODIES, '9'].map((body) => `${body} ${body}`),
  );
});

test('amqp_return: the message comes back with its content before its confirm, and is in no queue', async (t) => {
  const { fault, faulted, free } = await faulty(t, { type: 'amqp_return', attributes: { count: 2 } });
  const returned: string[] = [];
  faulted.channel.on('return', ({ fields, content }) => {
    returned.push(`${(fields as unknown as { replyCode: number }).replyCode} ${content}`);
  });
  const confirmed = await publish(faulted, faulted.queue, BODIES, true);
  t.deepEqual(returned, ['312 1', '312 2']);
  t.deepEqual(
    confirmed.toSorted(),
    BODIES.map((body) => `ack ${body}`),
  );
  t.is((await left(faulted, faulted.queue)).messageCount, BODIES.length - 2);
  await fault.remove();
  t.is((await publish(free, free.queue, BODIES, true)).length, BODIES.length);
  await publish(faulted, faulted.queue, BODIES, true);
  t.is(returned.length, 2);
});

test('amqp_nack: the client learns that messages were rejected, until it is removed', async (t) => {
  const { fault, faulted, free } = await faulty(t, { type: 'amqp_nack', attributes: { share: 0.5 } });
  const heard = (await publish(faulted, faulted.queue, BODIES)).toSorted();
  const nacked = heard.filter((word) => word.startsWith('nack'));
  t.true(nacked.length > 0 && nacked.length < BODIES.length);
  t.is((await left(faulted, faulted.queue)).messageCount, BODIES.length);
  t.false((await publish(free, free.queue, BODIES)).join().includes('nack'));
  await fault.remove();
  t.false((await publish(faulted, faulted.queue, BODIES)).join().includes('nack'));
});

test('amqp_nack with the same seed rejects the same messages', async (t) => {
  const rejected = async () => {
    const snare = await startSnare(t);
    await snare.faults.add({ type: 'amqp_nack', attributes: { share: 0.5 } });
    const opened = await open(t, snare);
    return (await publish(opened, opened.queue, [...BODIES, ...BODIES])).toSorted();
  };
  t.deepEqual(await rejected(), await rejected());
});

for (const how of ['reorder', 'collapse'] as const) {
  test(`amqp_confirm: ${how}: every message is confirmed, also those that are held when it is removed`, async (t) => {
    const { fault, faulted } = await faulty(t, { type: 'amqp_confirm', attributes: { how, batch: 4, within: '1h' } });
    const confirmed = await publish(faulted, faulted.queue, BODIES);
    const inOrder = BODIES.map((body) => `ack ${body}`);
    t.deepEqual(confirmed.toSorted(), inOrder);
    t.is(confirmed.join() === inOrder.join(), how === 'collapse');
    const held = publish(faulted, faulted.queue, ['9']);
    await until(async () => (await left(faulted, faulted.queue)).messageCount === 9, 10_000);
    await fault.remove();
    t.deepEqual(await held, ['ack 9']);
  });
}

test('amqp_deliver: double: both copies can be acknowledged, and the broker has no message left', async (t) => {
  const { faulted, fault } = await faulty(t, { type: 'amqp_deliver', attributes: { count: 3 } });
  const { queue, channel } = faulted;
  const consumer = await consume(faulted, queue);
  await publish(faulted, queue, BODIES.slice(0, 4));
  t.deepEqual(await consumer.count(7), ['1 1', '1 2 again', '2 3', '2 4 again', '3 5', '3 6 again', '4 7']);
  for (const message of consumer.messages) channel.ack(message);
  await fault.remove();
  await publish(faulted, queue, ['5']);
  t.deepEqual((await consumer.count(8)).at(-1), '5 8');
  channel.ackAll();
  await channel.cancel(consumer.consumerTag);
  // A wrong tag would have closed the channel; what is not acknowledged is ready again after it is closed.
  await channel.close();
  t.is((await left(faulted, queue)).messageCount, 0);
});

test('amqp_deliver: reorder and hold: nothing is lost or acknowledged that the client has not received', async (t) => {
  for (const how of ['reorder', 'hold'] as const) {
    const { faulted, fault } = await faulty(t, {
      type: 'amqp_deliver',
      attributes: { how, batch: 4, within: '1h', count: 4 },
    });
    const { queue, channel } = faulted;
    const consumer = await consume(faulted, queue);
    await publish(faulted, queue, BODIES);
    const first =
      how === 'reorder' ? ['4 1', '3 2', '2 3', '1 4', '5 5', '6 6', '7 7', '8 8'] : ['5 1', '6 2', '7 3', '8 4'];
    t.deepEqual(await consumer.count(first.length), first);
    channel.ack(consumer.messages[1] as ConsumeMessage, true);
    await fault.remove();
    if (how === 'hold') t.deepEqual((await consumer.count(8)).slice(4), ['1 5', '2 6', '3 7', '4 8']);
    await channel.close();
    const kept = await consume({ ...faulted, channel: await faulted.connection.createConfirmChannel() }, queue);
    const bodies = (await kept.count(6)).map((word) => word.split(' ')[0]).toSorted();
    t.deepEqual(bodies, how === 'reorder' ? ['1', '2', '5', '6', '7', '8'] : ['1', '2', '3', '4', '7', '8']);
  }
});

test('@cloudamqp/amqp-client sees a closed channel, a rejected and a returned message', async (t) => {
  const snare = await startSnare(t);
  const client = await new AMQPClient(snare.url).connect();
  t.teardown(() => client.close().catch(() => {}));
  const channel = await client.channel();
  await channel.confirmSelect();
  const { name: queue } = await channel.queueDeclare('', { exclusive: true });
  const returned: string[] = [];
  channel.onReturn = (message) => void returned.push(`${message.replyCode} ${message.bodyString()}`);
  const nack = await snare.faults.add({ type: 'amqp_nack', attributes: { count: 1 } });
  await t.throwsAsync(channel.basicPublish('', queue, 'a'), { message: /Message rejected/i });
  t.is(await channel.basicPublish('', queue, 'b'), 2);
  await nack.remove();
  await snare.faults.add({ type: 'amqp_return', attributes: { count: 1 } });
  t.is(await channel.basicPublish('', queue, 'c', {}, true), 3);
  t.deepEqual(returned, ['312 c']);
  await snare.faults.add({ type: 'amqp_channel_close', attributes: { count: 1 }, when: { method: 'queue.declare' } });
  await t.throwsAsync(channel.queueDeclare('x'), { message: /PRECONDITION_FAILED - closed by rabbit-snare/ });
  const again = await client.channel(channel.id);
  t.like(await again.queueDeclare(queue, { passive: true }), { messageCount: 2 });
});

test('pika sees a closed channel, and rejected and returned messages', async (t) => {
  t.timeout(150_000);
  const [python = ''] = await findPrograms([DEBIAN_PROGRAMS.pika], (line) => console.error(`# ${line}`));
  const snare = await startSnare(t);
  const run = (step: string) => runToEnd(python, ['spec/support/clients/pika_faults.py', `${snare.port}`, step]);
  const fault = await snare.faults.add({ type: 'amqp_channel_close', when: { queue: 'refused' } });
  const closed = '406 PRECONDITION_FAILED - closed by rabbit-snare\n1 0\n';
  t.deepEqual(await run('close'), { code: 0, stdout: closed, stderr: '' });
  await fault.remove();
  await snare.faults.add({ type: 'amqp_return', when: { routing_key: 'returned' } });
  await snare.faults.add({ type: 'amqp_nack', when: { exchange: 'amq.direct', routing_key: 'nacked' } });
  t.deepEqual(await run('publish'), {
    code: 0,
    stdout: 'confirmed\nnacked\nreturned body\nconfirmed\n2\n',
    stderr: '',
  });
});

test('amqp_truncate of a body, and amqp_corrupt of a method: the connection ends, and others go on', async (t) => {
  for (const fault of [
    { type: 'amqp_truncate', attributes: { at: 'running', what: 'body', then: 'fin' } },
    { type: 'amqp_corrupt', attributes: { at: 'running', what: 'frame_end' }, when: { method: 'basic.deliver' } },
  ] as const) {
    const { snare, faulted, free } = await faulty(t, fault);
    const ended = new Promise<void>((resolve) => void faulted.connection.once('close', () => resolve()));
    const consumer = await consume(faulted, faulted.queue);
    faulted.channel.sendToQueue(faulted.queue, Buffer.from('a body'));
    await within(ended, () => `the end of the connection by ${fault.type}`);
    t.deepEqual(consumer.told(), []);
    t.like(await snare.nextReport({ fault: 'here' }), {
      decision: 'fault',
      fault: { type: fault.type, at: 'running' },
    });
    t.is((await publish(free, free.queue, BODIES)).length, BODIES.length);
  }
});
