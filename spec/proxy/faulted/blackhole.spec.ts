import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { startFaulty } from '../../support/faults.js';
import { knowsKernelSockets } from '../../support/kernel-sockets.js';
import { ManualClock } from '../../support/manual-clock.js';
import { sha1, stuff } from '../../support/pour.js';
import { HEADER } from '../../support/relayed.js';

const onLinux = knowsKernelSockets ? test : test.skip;

/** A connection that is open on both sides, and another that the fault will not match. */
async function opened(t: ExecutionContext) {
  const clock = new ManualClock();
  const faulty = await startFaulty(t, [], { mode: 'observe', clock });
  const [first, other] = [await faulty.connect(), await faulty.connect()];
  return { ...faulty, ...first, other, clock };
}

const FIRST = { name: 'here', type: 'blackhole', times: 1 } as const;

test('the windows of both sides fill, nothing arrives, and everything does when the fault is removed', async (t) => {
  const { client, broker, other, add, faults, clock, proxy } = await opened(t);
  add(FIRST);
  const [up, down] = await Promise.all([stuff(client), stuff(broker)]);
  clock.advance(86_400_000);
  await other.client.send('a neighbor');
  await other.broker.octets(HEADER.length + 10);
  t.deepEqual([client.receivedLength, broker.receivedLength], [0, HEADER.length]);
  t.deepEqual([client.close, broker.close], [null, null]);
  faults.list.remove('amqp/here');
  await Promise.all([client.arrived(down.length), broker.arrived(HEADER.length + up.length)]);
  t.is(sha1(client.received), sha1(down));
  t.is(sha1(broker.received.subarray(HEADER.length)), sha1(up));
  client.fin();
  t.is(await broker.how(), 'fin');
  broker.fin();
  t.like(await proxy.nextReport(), { decision: 'fault', reason: { name: 'connection_closed_abruptly' } });
  t.is(clock.timers, 0);
});

for (const close of ['fin', 'rst'] as const) {
  test(`a ${close} does not get through before the fault is removed`, async (t) => {
    const { client, broker, add, faults, clock } = await opened(t);
    add(FIRST);
    await client.send('last words');
    client[close]();
    await broker.send('answer');
    clock.advance(3_600_000);
    t.deepEqual([broker.close, broker.receivedLength], [null, HEADER.length]);
    faults.list.remove('amqp/here');
    if (close === 'fin') await broker.octets(HEADER.length + 10);
    t.is(await broker.how(), close);
  });
}

test('with rst both sides are reset when the fault is removed', async (t) => {
  const { client, broker, add, faults, proxy } = await opened(t);
  add({ ...FIRST, attributes: { then: 'rst' } });
  await client.send('lost');
  faults.list.remove('amqp/here');
  t.deepEqual([await client.how(), await broker.how()], ['rst', 'rst']);
  t.is(broker.receivedLength, HEADER.length);
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'fault', term: 'fault: here' },
    ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' },
  });
});

test('both sides that have left a blackhole with a reset are reported', async (t) => {
  const { client, broker, add, proxy, clock } = await opened(t);
  add(FIRST);
  await client.send('lost');
  client.rst();
  broker.rst();
  t.like(await proxy.nextReport(), { decision: 'fault', octets: { received: HEADER.length + 4 } });
  t.is(clock.timers, 0);
});

test('with conditions the connections that they do not select are accepted and served', async (t) => {
  const { add, connect: dial } = await opened(t);
  add({ name: 'here', type: 'blackhole', when: { source: '10.0.0.0/8' } });
  const { client, broker } = await dial();
  await broker.send('served');
  await client.octets(6);
  t.pass();
});

onLinux('without conditions new connects hang, and reach the proxy when the fault is removed', async (t) => {
  const { add, faults, proxy, upstream } = await opened(t);
  const [id = ''] = add({ type: 'blackhole' });
  await proxy.proxy.settleListener();
  const { port } = proxy;
  const socket = connect({ host: '127.0.0.1', port });
  t.teardown(() => socket.destroy());
  const connected = once(socket, 'connect').then(() => 'connected');
  const waited = new Promise((resolve) => setTimeout(resolve, 200, 'hanging'));
  t.is(await Promise.race([connected, waited]), 'hanging');
  faults.list.remove(id);
  await connected;
  await upstream.next();
});
