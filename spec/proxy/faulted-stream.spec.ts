import { createHash, randomBytes } from 'node:crypto';
import test from 'ava';
import { startFaulty } from '../support/faults.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const sha1 = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('hex');
const MIB = 1024 ** 2;
/** Bulk data that is not AMQP never reaches Open-Ok, and takes longer than the default timeout on a busy machine. */
const PATIENT = { handshakeTimeout: 600_000 };

test('10 MB in each direction arrive unchanged through faults that are added and removed during the transfer', async (t) => {
  const { connect, add, faults } = await startFaulty(
    t,
    [{ type: 'noop' }, { type: 'noop', stream: 'upstream' }],
    PATIENT,
  );
  const { client, broker } = await connect();
  const [up, down] = [randomBytes(10 * MIB), randomBytes(10 * MIB)];
  const sent = Promise.all([client.send(up), broker.send(down)]);
  client.pause();
  await broker.octets(HEADER.length + MIB);
  client.resume();
  const ids = add(
    { type: 'slicer', attributes: { average_size: 4096, size_variation: 1000, delay: 1 } },
    { type: 'latency', stream: 'upstream', attributes: { latency: 5, jitter: 5 } },
  );
  await client.octets(2 * MIB);
  faults.list.replace(new Set(ids), []);
  await client.octets(down.length);
  await broker.octets(HEADER.length + up.length);
  await sent;
  t.is(sha1(client.received), sha1(down));
  t.is(sha1(broker.received.subarray(HEADER.length)), sha1(up));
});

test('the broker is read no faster than its client reads through faults', async (t) => {
  const { connect } = await startFaulty(t, [{ type: 'noop' }], PATIENT);
  const { client, broker } = await connect();
  client.pause();
  const sent = broker.send(randomBytes(64 * MIB));
  let isSent = false;
  void sent.then(() => {
    isSent = true;
  });
  await broker.octets(HEADER.length);
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.false(isSent);
  t.true(broker.unsent > 0);
  client.resume();
  await client.octets(64 * MIB);
  await sent;
});

test('a fault that is added to an open connection acts on it, in both directions', async (t) => {
  const { connect, add, proxy } = await startFaulty(t);
  const { client, broker } = await connect();
  add({ type: 'limit_data', stream: 'upstream', attributes: { bytes: 3 } });
  await client.send('abcdef');
  await broker.octets(HEADER.length + 3);
  t.is(await broker.how(), 'fin');
  t.is(await client.how(), 'fin');
  broker.fin();
  t.like(await proxy.nextReport(), {
    decision: 'fault',
    reason: { name: 'fault', term: 'fault: limit_data_upstream' },
    fault: { type: 'limit_data' },
    ended: { by: 'proxy', clientSaw: 'fin' },
  });
});

for (const close of ['fin', 'rst'] as const) {
  test(`a ${close} from either side is relayed through faults`, async (t) => {
    const { connect, proxy } = await startFaulty(t, [{ type: 'latency', attributes: { latency: 20 } }]);
    for (const side of ['client', 'broker'] as const) {
      const ends = await connect();
      const other = side === 'client' ? ends.broker : ends.client;
      await ends[side].send('last words');
      await other.octets(10);
      ends[side][close]();
      t.is(await other.how(), close);
      other.fin();
      t.like(await proxy.nextReport(), { ended: { by: side === 'client' ? 'client' : 'upstream' } });
    }
  });
}

test('held bytes are released when their client has reset, and nothing is left behind', async (t) => {
  const { connect, proxy, faults } = await startFaulty(
    t,
    [
      { type: 'bandwidth', attributes: { rate: 0 } },
      { type: 'bandwidth', stream: 'upstream', attributes: { rate: 0 } },
    ].slice(0, 1) as never,
  );
  const { client, broker } = await connect();
  await broker.send('held');
  client.rst();
  await broker.how();
  t.like(await proxy.nextReport(), { decision: 'fault', reason: { name: 'connection_closed_abruptly' } });
  t.is(faults.list.all.length, 1);
  t.is(proxy.proxy.connections, 0);
});

test('connections of a proxy without faults have no fault layer', async (t) => {
  const { proxy, faults } = await startFaulty(t);
  const wire = await dialWire(t, proxy);
  await wire.send('amqp0091');
  await wire.how();
  t.like(await proxy.nextReport(), { decision: 'refuse', faults: [], explained: [] });
  t.is(faults.of('amqp').connections, 1);
});
