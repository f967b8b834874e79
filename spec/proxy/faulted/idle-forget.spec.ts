import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { startFaulty } from '../../support/faults.js';
import { ManualClock } from '../../support/manual-clock.js';
import { HEADER } from '../../support/relayed.js';
import { dialWire } from '../../support/wire.js';

/** A connection that is forgotten after 350 s, and another that is not. */
async function opened(t: ExecutionContext, attributes: object = {}) {
  const clock = new ManualClock();
  const fault = { name: 'here', type: 'idle_forget', when: { connection: '1' }, attributes } as const;
  const faulty = await startFaulty(t, [fault], { mode: 'observe', clock });
  const [first, other] = [await faulty.connect(), await faulty.connect()];
  return { ...faulty, ...first, other, clock };
}

test('bytes in either direction keep a connection, and after 350 s without any it is forgotten without a word', async (t) => {
  const { client, broker, clock, other, proxy } = await opened(t);
  for (const [from, to, already] of [
    [client, broker, HEADER.length],
    [broker, client, 0],
  ] as const) {
    clock.advance(349_999);
    await from.send('a');
    await to.octets(already + 1);
  }
  clock.advance(350_000);
  await client.send('lost');
  t.is(await client.how(), 'rst');
  // The broker learns nothing, however long it takes, until it sends something itself.
  clock.advance(86_400_000);
  await other.client.send('x');
  await other.broker.octets(HEADER.length + 1);
  t.deepEqual([broker.close, broker.receivedLength], [null, HEADER.length + 1]);
  t.is(proxy.reports.length, 0);
  await broker.send('heartbeat');
  t.is(await broker.how(), 'rst');
  t.is(client.receivedLength, 1);
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'fault', term: 'fault: here' },
    fault: { id: 'amqp/here', type: 'idle_forget' },
    ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' },
  });
});

test('a FIN on a forgotten connection is answered with a reset too, and the other side does not notice', async (t) => {
  const { client, broker, other, clock, proxy } = await opened(t, { idle: '4m' });
  clock.advance(240_000);
  broker.fin();
  t.is(await broker.how(), 'rst');
  await other.client.send('x');
  await other.broker.octets(HEADER.length + 1);
  clock.advance(60_000);
  t.is(client.close, null);
  client.rst();
  t.like(await proxy.nextReport(), { reason: { name: 'fault' } });
  t.is(clock.timers, 0);
});

test('with drop nothing ever arrives, and the connection ends when both sides have given it up', async (t) => {
  const { client, broker, other, clock, proxy } = await opened(t, { then: 'drop' });
  clock.advance(350_000);
  await client.send('lost');
  await broker.send('lost');
  client.fin();
  await other.client.send('x');
  await other.broker.octets(HEADER.length + 1);
  clock.advance(3_600_000);
  t.deepEqual([client.close, broker.close, proxy.reports.length], [null, null, 0]);
  broker.rst();
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, 0);
  t.is(broker.receivedLength, HEADER.length);
  t.like(await proxy.nextReport(), { decision: 'fault', reason: { name: 'fault' } });
});

test('removed before anything was sent on it, a forgotten connection continues; afterwards it is reset', async (t) => {
  const { client, broker, clock, faults, add, other } = await opened(t);
  clock.advance(350_000);
  faults.list.remove('amqp/here');
  await client.send('abc');
  await broker.octets(HEADER.length + 3);
  await broker.send('def');
  await client.octets(3);
  add({ type: 'idle_forget', attributes: { idle: '1s', then: 'drop' }, times: 1 });
  clock.advance(1_000);
  await client.send('lost');
  await other.client.send('x');
  await other.broker.octets(HEADER.length + 1);
  faults.list.remove('amqp/idle_forget_downstream');
  t.deepEqual([await client.how(), await broker.how()], ['rst', 'rst']);
  t.is(broker.receivedLength, HEADER.length + 3);
});

test('a longer idle time counts from the last byte, and a fault whose conditions do not hold forgets nothing', async (t) => {
  const { client, broker, clock, faults, other } = await opened(t, { idle: '10s' });
  clock.advance(5_000);
  faults.list.change('amqp/here', { attributes: { idle: '20s' } });
  clock.advance(14_999);
  await client.send('a');
  await broker.octets(HEADER.length + 1);
  clock.advance(20_000);
  await client.send('b');
  t.is(await client.how(), 'rst');
  await other.client.send('a');
  await other.broker.octets(HEADER.length + 1);
});

for (const then of ['rst', 'drop'] as const) {
  test(`a client that was forgotten before its header, with ${then}, is not refused for its silence`, async (t) => {
    const clock = new ManualClock();
    const fault = { type: 'idle_forget', attributes: { idle: '1s', then } } as const;
    const { proxy, upstream } = await startFaulty(t, [fault], { clock, handshakeTimeout: 10_000 });
    const client = await dialWire(t, proxy);
    while (proxy.proxy.connections === 0) await setImmediate();
    clock.advance(60_000);
    await client.send(HEADER);
    if (then === 'drop') client.rst();
    else t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { decision: 'fault', fault: { type: 'idle_forget' }, stage: 'header' });
    t.is(upstream.connections, 0);
  });
}
