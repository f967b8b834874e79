import test from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { startFaulty } from '../support/faults.js';
import { startRelaying } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

test('connections beyond maxConnections are reset immediately, until one has ended', async (t) => {
  const { proxy, upstream, connect } = await startRelaying(t, { maxConnections: 2 });
  const [first] = [await connect(), await connect()];
  for (let at = 0; at < 3; at++) {
    const third = await dialWire(t, proxy);
    t.is(await third.how(), 'rst');
    t.is(third.receivedLength, 0);
    const report = await proxy.nextReport();
    t.regex(report.client ?? '', /^127\.0\.0\.1:\d+$/);
    t.like(report, {
      upstream: null,
      decision: 'refuse',
      stage: 'header',
      reason: {
        name: 'limit',
        severity: 'warning',
        sentence: 'The client was reset immediately because the limit maxConnections (2) was reached.',
      },
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
      octets: { received: 0, sent: 0 },
    });
  }
  t.is(proxy.proxy.connections, 2);
  first.client.rst();
  await proxy.nextReport();
  await connect();
  t.is(upstream.connections, 3);
});

test('maxConnectionsPerSource counts each source separately', async (t) => {
  const { proxy, connect } = await startRelaying(t, { maxConnectionsPerSource: 1 });
  const { client } = await connect();
  const second = await dialWire(t, proxy);
  t.is(await second.how(), 'rst');
  t.like(await proxy.nextReport(), {
    reason: {
      name: 'limit',
      sentence: 'The client was reset immediately because the limit maxConnectionsPerSource (1) was reached.',
    },
  });
  // All of 127/8 is loopback.
  const other = await dialWire(t, proxy, '127.0.0.2');
  await other.send('amqp0091');
  t.is(await other.how(), 'rst');
  t.is(other.receivedLength, 8);
  t.is((await proxy.nextReport()).reason.name, 'bad_header');
  client.rst();
  await proxy.nextReport();
  await connect();
  t.is(proxy.reports.length, 3);
});

test('rejected clients leave nothing behind', async (t) => {
  const { proxy, connect } = await startRelaying(t, { maxConnections: 1, maxConnectionsPerSource: 1 });
  const { client } = await connect();
  const turnedAway = await Promise.all(Array.from({ length: 100 }, () => dialWire(t, proxy)));
  for (const wire of turnedAway) t.is(await wire.how(), 'rst');
  while (proxy.reports.length < 100) await proxy.nextReport();
  t.is(proxy.proxy.connections, 1);
  client.rst();
  while (proxy.reports.length < 101) await proxy.nextReport();
  t.is(proxy.proxy.connections, 0);
});

for (const [mode, how] of [
  ['guard', 'rst'],
  ['guard', 'fin'],
  ['observe', 'rst'],
] as const) {
  test(`mode ${mode}: 60 clients that leave with ${how} during a connect_delay leave room for the next one`, async (t) => {
    const fault: FaultInput = { type: 'connect_delay', attributes: { delay: '1h' }, when: { connection: '1-60' } };
    const { proxy, connect } = await startFaulty(t, [fault], { mode, maxConnections: 50 });
    const clients = await Promise.all(Array.from({ length: 60 }, () => dialWire(t, proxy)));
    for (const client of clients) client[how]();
    for (let count = 0; count < 60; count++) await proxy.nextReport();
    t.is(proxy.proxy.connections, 0);
    await connect();
    t.is(proxy.proxy.connections, 1);
  });
}
