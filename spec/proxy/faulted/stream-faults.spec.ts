import test from 'ava';
import type { FaultInput } from '../../../lib/faults/fault.js';
import { startFaulty } from '../../support/faults.js';
import { HEADER } from '../../support/relayed.js';

const OCTETS = Buffer.from(Array.from({ length: 4_000 }, (_, at) => at % 251));

/** A connection that is open on both sides, and another that no fault matches. */
async function opened(t: Parameters<typeof startFaulty>[0], fault: FaultInput) {
  const faulty = await startFaulty(t, [{ name: 'here', when: { connection: '1' }, ...fault }], { mode: 'observe' });
  const [first, other] = [await faulty.connect(), await faulty.connect()];
  return { ...faulty, ...first, other };
}

test('latency delays bytes in order, and does not delay a connection without the fault', async (t) => {
  const { client, broker, other } = await opened(t, { type: 'latency', attributes: { latency: '300ms' } });
  const began = performance.now();
  await broker.send(OCTETS);
  await other.broker.send(OCTETS);
  await other.client.octets(OCTETS.length);
  t.is(client.receivedLength, 0);
  await client.octets(OCTETS.length);
  t.true(performance.now() - began >= 299);
  t.deepEqual(client.received, OCTETS);
});

test('bandwidth limits the bytes per second, and with 0 blocks them until it is removed', async (t) => {
  const slow = await opened(t, { type: 'bandwidth', attributes: { rate: 10 } });
  const began = performance.now();
  await slow.broker.send(OCTETS);
  await slow.client.octets(OCTETS.length);
  t.true(performance.now() - began >= 280, 'the first chunk is not delayed');
  t.deepEqual(slow.client.received, OCTETS);
  const none = await opened(t, { type: 'bandwidth', attributes: { rate: 0 } });
  await none.broker.send(OCTETS);
  await none.other.broker.send(OCTETS);
  await none.other.client.octets(OCTETS.length);
  t.is(none.client.receivedLength, 0);
  none.faults.list.remove('amqp/here');
  await none.client.octets(OCTETS.length);
  t.deepEqual(none.client.received, OCTETS);
});

test('slicer splits bytes without losing any', async (t) => {
  const { client, broker } = await opened(t, {
    type: 'slicer',
    attributes: { average_size: 64, size_variation: 32, delay: 100 },
  });
  await broker.send(OCTETS);
  await client.octets(OCTETS.length);
  t.deepEqual(client.received, OCTETS);
});

test('limit_data relays exactly its limit, and then closes', async (t) => {
  const { client, broker, proxy } = await opened(t, { type: 'limit_data', attributes: { bytes: 1_234 } });
  await broker.send(OCTETS);
  t.is(await client.how(), 'fin');
  t.is(await broker.how(), 'fin');
  t.deepEqual(client.received, OCTETS.subarray(0, 1_234));
  client.fin();
  broker.fin();
  t.like(await proxy.nextReport(), { decision: 'fault', reason: { name: 'fault' }, fault: { type: 'limit_data' } });
});

test('reset_peer resets both sides, even of an idle connection', async (t) => {
  const fault = { type: 'reset_peer', attributes: { timeout: '1h' } } as const;
  const { client, broker, proxy, other, faults } = await opened(t, fault);
  faults.list.change('amqp/here', { attributes: { timeout: 1 } });
  t.is(await client.how(), 'rst');
  t.is(await broker.how(), 'rst');
  t.is(client.receivedLength, 0);
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'fault', term: 'fault: here', severity: 'info' },
    ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' },
    fault: { id: 'amqp/here', type: 'reset_peer' },
  });
  await other.client.send(OCTETS);
  await other.broker.octets(HEADER.length + OCTETS.length);
});

test('timeout discards bytes, and closes after its time', async (t) => {
  // On a busy machine a short timeout would end before the connection is open.
  const { client, broker, faults } = await opened(t, { type: 'timeout', attributes: { timeout: '1h' } });
  await broker.send(OCTETS);
  faults.list.change('amqp/here', { attributes: { timeout: 100 } });
  t.is(await client.how(), 'fin');
  t.is(client.receivedLength, 0);
});

for (const { side, how } of [
  { side: 'client', how: 'fin' },
  { side: 'client', how: 'rst' },
  { side: 'broker', how: 'fin' },
  { side: 'broker', how: 'rst' },
] as const) {
  test(`a ${how} from the ${side} closes both sides of a connection whose ${side} a timeout of 0 affects`, async (t) => {
    const stream = side === 'client' ? 'upstream' : 'downstream';
    const faulty = await startFaulty(t, [], { mode: 'observe' });
    const ends = await faulty.connect();
    faulty.add({ type: 'timeout', stream, attributes: { timeout: 0 } });
    const [leaving, other] = [ends[side], ends[side === 'client' ? 'broker' : 'client']];
    const before = other.receivedLength;
    await leaving.send(OCTETS);
    leaving[how]();
    t.is(await other.how(), how);
    t.is(other.receivedLength, before);
    if (how === 'fin') t.is(await leaving.how(), 'fin', 'a half-close is not carried');
    other.fin();
    const by = side === 'client' ? 'client' : 'upstream';
    t.like(await faulty.proxy.nextReport(), {
      decision: 'fault',
      reason: { name: side === 'client' ? 'connection_closed_abruptly' : 'upstream_closed' },
      ended: { by, [`${by}Sent`]: how, [`${by === 'client' ? 'upstream' : 'client'}Saw`]: how },
    });
  });
}

test('slow_close relays bytes immediately, and the close later', async (t) => {
  const late = await opened(t, { type: 'slow_close', attributes: { delay: '1h' } });
  await late.broker.send(OCTETS);
  late.broker.fin();
  await late.client.octets(OCTETS.length);
  const { client, broker } = await opened(t, { type: 'slow_close', attributes: { delay: 300 } });
  const began = performance.now();
  await broker.send(OCTETS);
  broker.fin();
  t.is(await client.how(), 'fin');
  t.true(performance.now() - began >= 299);
});

test('noop appears only in reports', async (t) => {
  const { client, broker, proxy } = await opened(t, { type: 'noop' });
  await broker.send(OCTETS);
  await client.octets(OCTETS.length);
  client.rst();
  t.like(await proxy.nextReport(), { decision: 'fault', reason: { name: 'connection_closed_abruptly' } });
});

test('a changed toxicity and changed conditions also apply to open connections', async (t) => {
  const { client, broker, faults, proxy } = await opened(t, { type: 'bandwidth', attributes: { rate: 0 } });
  const [live] = faults.list.all;
  let octets = 0;
  const passes = async (): Promise<void> => {
    await broker.send('octets');
    octets += 6;
    await client.octets(octets);
  };
  await broker.send('octets');
  octets += 6;
  t.is(client.receivedLength, 0);
  faults.list.change('amqp/here', { toxicity: 0 });
  await client.octets(octets);
  await passes();
  faults.list.change('amqp/here', { toxicity: 1 });
  await broker.send('octets');
  octets += 6;
  t.is(client.receivedLength, octets - 6);
  faults.list.change('amqp/here', { when: { connection: '7' } });
  await client.octets(octets);
  await passes();
  t.is(live?.hits, 1, 'one connection');
  client.rst();
  const { faults: hits, explained } = await proxy.nextReport();
  t.is(hits.length, 1);
  t.is(explained.length, 4);
});
