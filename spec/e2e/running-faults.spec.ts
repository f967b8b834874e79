import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { createSnare, type Snare } from '../../lib/index.js';
import { type AmqpWire, openAmqp } from '../support/amqp-wire.js';
import { openBeside, recordTalk, type Talk, whole } from '../support/broker-talk.js';
import { frame, HEARTBEAT } from '../support/bytes.js';
import { until } from '../support/rabbitmq/until.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

let talk: Talk;
test.before(async () => {
  talk = await recordTalk();
});

const BLOCKED = frame({ name: 'connection.blocked', reason: 'disk' });
const UNBLOCKED = frame({ name: 'connection.unblocked' });

for (const how of ['removed', 'over'] as const) {
  test(`amqp_blocked sends Blocked, and Unblocked when it is ${how}`, async (t) => {
    const attributes = { reason: 'disk', duration: how === 'over' ? 100 : 0 };
    const { wire, fault, closesWell } = await openBeside(t, talk, { type: 'amqp_blocked', attributes });
    const blocked = Buffer.concat([whole(talk), BLOCKED]);
    await wire.octets(blocked.length);
    t.deepEqual(wire.received.subarray(0, blocked.length), blocked);
    if (how === 'removed') await fault.remove();
    await closesWell(Buffer.concat([blocked, UNBLOCKED]));
  });
}

/** Two connections on which both sides send heartbeats every second; the fault acts on the second one. */
async function beating(t: ExecutionContext, stream: 'upstream' | 'downstream') {
  const snare = await startSnare(t);
  const tuneOk = { heartbeat: 1 };
  const other = await openAmqp(t, snare, { tuneOk });
  const when = { connection: '1' };
  const fault = await snare.faults.add({ type: 'amqp_mute_heartbeats', name: 'here', stream, when });
  const muted = await openAmqp(t, snare, { tuneOk });
  const beat = setInterval(() => void Promise.all([other.wire.send(HEARTBEAT), muted.wire.send(HEARTBEAT)]), 300);
  t.teardown(() => clearInterval(beat));
  return { snare, fault, other, muted };
}

const beats = (count: number): number => whole(talk).length + count * HEARTBEAT.length;
const heard = ({ wire }: AmqpWire, count: number) => wire.octets(beats(count));

test('amqp_mute_heartbeats downstream: the client receives no heartbeats until the fault is removed', async (t) => {
  const { snare, fault, other, muted } = await beating(t, 'downstream');
  await heard(other, 3);
  t.is(muted.wire.receivedLength, beats(0));
  await fault.remove();
  await heard(muted, 1);
  t.is(snare.connections().length, 2);
});

test('amqp_mute_heartbeats upstream: the broker receives no heartbeats, and ends the connection', async (t) => {
  const { port, log } = sharedRabbitmq();
  const mark = log.mark();
  const { snare, other, muted } = await beating(t, 'upstream');
  t.is(await muted.wire.how(), 'rst');
  t.like(await snare.nextReport({ fault: 'here' }), { decision: 'fault', stage: 'running', ended: { by: 'upstream' } });
  await mark.waitFor(new RegExp(`-> 127.0.0.1:${port}.*\\n.*missed heartbeats from client, timeout: 1s`));
  await heard(other, 3);
  t.is(snare.connections().length, 1);
});

async function startSnare(t: ExecutionContext): Promise<Snare> {
  const snare = await createSnare({ upstream: `127.0.0.1:${sharedRabbitmq().port}` });
  t.teardown(() => snare.close());
  return snare;
}

/** A connection on which a method is held, and another on which it is not. */
async function holding(
  t: ExecutionContext,
  attributes: {
    readonly method: 'basic.ack' | 'basic.publish' | 'queue.declare-ok';
    readonly action?: 'drop' | 'delay';
  },
  more: { readonly stream?: 'upstream'; readonly delay?: number } = {},
) {
  const { stream = 'downstream', delay = 0 } = more;
  const snare = await startSnare(t);
  const fault = await snare.faults.add({
    type: 'amqp_hold',
    name: 'here',
    stream,
    attributes: { ...attributes, delay },
    when: { connection: '1' },
  });
  const opened: Opened[] = [];
  for (let at = 0; at < 2; at++) {
    const connection = await connect(snare.url);
    t.teardown(() => connection.close());
    const [channel, asking] = [await connection.createConfirmChannel(), await connection.createChannel()];
    opened.push({ connection, channel, asking });
  }
  const [held, free] = opened as [Opened, Opened];
  return { snare, fault, held, free };
}

type Opened = { readonly connection: ChannelModel; readonly channel: ConfirmChannel; readonly asking: Channel };

/** Publishes messages with these numbers. @returns the confirms as they arrive */
function publish({ channel }: Opened, queue: string, numbers: readonly number[]) {
  const confirmed: number[] = [];
  const each = numbers.map((number) => {
    return new Promise<void>((resolve) => {
      channel.sendToQueue(queue, Buffer.from(`${number}`), {}, () => {
        confirmed.push(number);
        resolve();
      });
    });
  });
  return { confirmed, all: () => within(Promise.all(each), () => `all confirms, not ${confirmed}`) };
}

/** Declares its own queue, whether or not queue.declare-ok arrives. */
const declare = async ({ channel }: Opened): Promise<string> =>
  (await channel.assertQueue('', { exclusive: true })).queue;

/** The messages of a queue, once there are `count`. */
async function bodies({ asking }: Opened, queue: string, count: number): Promise<readonly string[]> {
  await until(async () => (await asking.checkQueue(queue)).messageCount >= count, 10_000);
  const got: string[] = [];
  for (let message = await asking.get(queue, { noAck: true }); message; ) {
    got.push(message.content.toString());
    message = await asking.get(queue, { noAck: true });
  }
  return got;
}

const NUMBERS = Array.from({ length: 20 }, (_, at) => at);

test('amqp_hold: a confirm does not arrive until it is removed; then all arrive in order', async (t) => {
  const { fault, held, free } = await holding(t, { method: 'basic.ack' });
  const [queue, freeQueue] = [await declare(held), await declare(free)];
  const { confirmed, all } = publish(held, queue, NUMBERS);
  await publish(free, freeQueue, NUMBERS).all();
  // The messages arrive, and frames of another channel arrive after the confirms.
  t.is((await bodies(held, queue, NUMBERS.length)).length, NUMBERS.length);
  t.deepEqual(confirmed, []);
  t.is(fault.seen.length, 1);
  await fault.remove();
  await all();
  t.deepEqual(confirmed, NUMBERS);
});

test('amqp_hold that drops: a confirm never arrives, not even after the removal; later ones do', async (t) => {
  const { fault, held, free } = await holding(t, { method: 'basic.ack', action: 'drop' });
  const [queue, freeQueue] = [await declare(held), await declare(free)];
  const { confirmed } = publish(held, queue, [1]);
  await publish(free, freeQueue, NUMBERS).all();
  t.deepEqual(await bodies(held, queue, 1), ['1']);
  await fault.remove();
  const later = publish(held, queue, [2]);
  await later.all();
  t.deepEqual([confirmed, later.confirmed], [[], [2]]);
});

test('amqp_hold that delays: each queue.declare-ok arrives late, on its channel only', async (t) => {
  const { held, free } = await holding(t, { method: 'queue.declare-ok', action: 'delay' }, { delay: 300 });
  const order: string[] = [];
  for (const round of ['first', 'second']) {
    const began = performance.now();
    const late = declare(held).then(() => order.push(round));
    await declare(free);
    await held.asking.prefetch(1);
    order.push('others');
    await late;
    t.true(performance.now() - began >= 299);
  }
  t.deepEqual(order, ['others', 'first', 'others', 'second']);
});

for (const action of ['hold', 'drop'] as const) {
  test(`amqp_hold upstream: the broker ${action === 'drop' ? 'never receives the messages' : 'receives the messages when it is removed'}`, async (t) => {
    const { fault, held, free } = await holding(
      t,
      { method: 'basic.publish', ...(action === 'drop' && { action }) },
      { stream: 'upstream' },
    );
    const [queue, freeQueue] = [await declare(held), await declare(free)];
    const { confirmed } = publish(held, queue, NUMBERS);
    await publish(free, freeQueue, NUMBERS).all();
    t.deepEqual(await bodies(held, queue, 0), []);
    await fault.remove();
    publish(held, queue, [20]);
    const came = action === 'drop' ? [] : NUMBERS;
    t.deepEqual(await bodies(held, queue, came.length + 1), [...came, 20].map(String));
    // The broker counts the messages it receives: the client treats the first confirm as that of the first message.
    t.deepEqual(confirmed.slice(0, came.length), came);
  });
}
