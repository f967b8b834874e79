import test from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { startFaulty } from '../support/faults.js';
import { fixture } from '../support/fixture.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const START = fixture('connection-start-3.10.8');
const TUNE = encodeMethodFrame({ name: 'connection.tune', channelMax: 2047, frameMax: 131_072, heartbeat: 60 });

test('a stall holds back the broker’s bytes, and relays them unchanged after its timeout', async (t) => {
  const attributes = { at: 'start', timeout: 100, then: 'resume' } as const;
  const { connect, proxy } = await startFaulty(t, [{ type: 'amqp_stall', attributes }]);
  const { client, broker } = await connect();
  const began = performance.now();
  await broker.send(Buffer.concat([START, TUNE]));
  await client.octets(START.length + TUNE.length);
  t.true(performance.now() - began >= 99);
  t.deepEqual(client.received, Buffer.concat([START, TUNE]));
  client.rst();
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'connection_closed_abruptly' },
    fault: { at: 'start' },
  });
});

test('the handshake timeout pauses while a fault keeps the client waiting', async (t) => {
  const attributes = { at: 'start', timeout: 2_000, then: 'resume' } as const;
  const { connect } = await startFaulty(t, [{ type: 'amqp_stall', attributes }], { handshakeTimeout: 1_000 });
  const { client, broker } = await connect();
  await broker.send(START);
  await client.octets(START.length);
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, START.length);
});

test('a stall that is removed early loses nothing', async (t) => {
  const { connect, add, faults } = await startFaulty(t);
  const { client, broker } = await connect();
  const [id = ''] = add({ type: 'amqp_stall', attributes: { at: 'start', place: 'middle', timeout: 0 } });
  await broker.send(START);
  await client.octets(Math.floor(START.length / 2));
  faults.list.remove(id);
  await client.octets(START.length);
  t.deepEqual(client.received, Buffer.from(START));
});

test('a fault on one connection does not affect another', async (t) => {
  const { connect, proxy } = await startFaulty(t, [
    { type: 'amqp_reset', attributes: { at: 'start' }, when: { connection: '2' } },
  ]);
  const [first, second] = [await connect(), await connect()];
  for (const { broker } of [first, second]) await broker.send(START);
  t.is(await second.client.how(), 'rst');
  t.is(await second.broker.how(), 'fin');
  second.broker.fin();
  await first.client.octets(START.length);
  t.deepEqual(first.client.received, Buffer.from(START));
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    explained: ['fault "amqp_reset_downstream" (amqp_reset) acts'],
    ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'fin' },
  });
  first.client.rst();
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    explained: ['fault "amqp_reset_downstream" (amqp_reset) does not act: the connection is 1, not "2"'],
  });
});

for (const mode of ['guard', 'observe'] as const) {
  test(`at accept and at the header a fault acts before the broker is dialed: ${mode}`, async (t) => {
    const { proxy, upstream } = await startFaulty(t, [{ type: 'amqp_fin', attributes: { at: 'accept' } }], { mode });
    const wire = await dialWire(t, proxy);
    t.is(await wire.how(), 'fin');
    t.like(await proxy.nextReport(), {
      decision: 'fault',
      upstream: null,
      reason: { name: 'fault' },
      fault: { at: 'accept' },
    });
    t.is(upstream.connections, 0);
    t.is(proxy.accepting.length, 1);
  });
}

test('a header that is held octet by octet is complete when the fault ends', async (t) => {
  const attributes = { at: 'header', octets: 3, timeout: 50, then: 'resume' } as const;
  const { connect } = await startFaulty(t, [{ type: 'amqp_stall', attributes }]);
  const { broker } = await connect();
  t.deepEqual(broker.received, Buffer.from(HEADER));
});
