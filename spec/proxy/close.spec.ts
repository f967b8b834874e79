import test from 'ava';
import { Relay } from '../../lib/proxy/relay.js';
import { ManualClock } from '../support/manual-clock.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { isDeaf, startServer } from '../support/server.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const ended = (closed: Promise<void>) => within(closed, 'the end of the proxy');

test('close ends the listener immediately and waits for open connections', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const { client, broker } = await connect();
  let isClosed = false;
  const closed = proxy.proxy.close(60_000).then(() => {
    isClosed = true;
  });
  t.true(await isDeaf(proxy));
  await client.send('still here');
  await broker.octets(HEADER.length + 10);
  t.false(isClosed);
  client.rst();
  t.is((await proxy.nextReport()).reason.name, 'handshake_error');
  await ended(closed);
  t.is(proxy.proxy.connections, 0);
});

test('a connection that is still open after the drain timeout is reset on both sides, with the reason shutdown', async (t) => {
  const clock = new ManualClock();
  const { proxy, connect } = await startRelaying(t, { clock });
  const { client, broker } = await connect();
  const silent = await dialWire(t, proxy);
  while (clock.timers === 0) await new Promise(setImmediate);
  const closed = proxy.proxy.close(5_000);
  clock.advance(4_999);
  await broker.send('still here');
  await client.octets(10);
  clock.advance(1);
  t.is(await client.how(), 'rst');
  t.is(await broker.how(), 'rst');
  t.is(await silent.how(), 'rst');
  await ended(closed);
  t.like(await proxy.nextReport((report) => report.client === client.address), {
    decision: 'forward',
    reason: { name: 'shutdown', term: 'shutdown', severity: 'info', inferred: false },
    ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: 'rst' },
    octets: { received: 8, sent: 10 },
  });
  t.like(await proxy.nextReport((report) => report.client === silent.address), {
    decision: 'none',
    stage: 'header',
    reason: { name: 'shutdown' },
    ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
  });
  t.is(proxy.reports.length, 2);
});

test('with a drain timeout of 0 all connections end immediately', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const all = await Promise.all(Array.from({ length: 20 }, connect));
  await ended(proxy.proxy.close(0));
  for (const { client, broker } of all) t.deepEqual([await client.how(), await broker.how()], ['rst', 'rst']);
  t.deepEqual(
    proxy.reports.map(({ reason }) => reason.name),
    Array(20).fill('shutdown'),
  );
});

test('a connection with both halves closed, and one with a paused reader, also end with the proxy', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const [first, second, third] = [await connect(), await connect(), await connect()];
  first.client.fin();
  await first.broker.how();
  second.broker.fin();
  await second.client.how();
  third.broker.pause();
  void third.client.send(Buffer.alloc(16 * 1024 * 1024));
  await ended(proxy.proxy.close(0));
  t.is(proxy.reports.length, 3);
  t.deepEqual(new Set(proxy.reports.map(({ reason }) => reason.name)), new Set(['shutdown']));
});

test('a stop between the header and the dial ends the connection without dialing the upstream', async (t) => {
  const clock = new ManualClock();
  const { proxy, upstream } = await startRelaying(t, { clock });
  const stopped = new Promise<Promise<void>[]>((resolve) => {
    proxy.proxy.once('accepting', () => {
      // After the octets, before the dial.
      queueMicrotask(() => {
        resolve([proxy.proxy.close(0)]);
        clock.advance(0);
      });
    });
  });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  const [closed] = await stopped;
  await ended(closed as Promise<void>);
  t.like(await proxy.nextReport(), {
    upstream: null,
    decision: 'none',
    reason: { name: 'shutdown' },
    ended: { by: 'proxy', clientSaw: 'rst' },
  });
  t.is(upstream.connections, 0);
});

for (const from of ['client', 'broker'] as const) {
  test.serial(`a stop in the turn in which a FIN from the ${from} is relayed still ends the connection`, async (t) => {
    let stop = () => {};
    const signal = await dialWire(t, await startServer(t, (socket) => socket.on('data', () => stop())));
    for (let at = 0; at < 50; at++) {
      const clock = new ManualClock();
      const { proxy, connect } = await startRelaying(t, { clock });
      const ends = await connect();
      const stopped = new Promise<Promise<void>[]>((resolve) => {
        stop = () => {
          resolve([proxy.proxy.close(0)]);
          clock.advance(0);
        };
      });
      // The proxy handles both on its next turn: first the FIN, then the stop.
      ends[from].destroy();
      void signal.send('x');
      const [closed] = await stopped;
      await ended(closed as Promise<void>);
      t.is(proxy.reports.length, 1);
    }
  });
}

test('closing twice has the same effect as closing once', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  await connect();
  await ended(Promise.all([proxy.proxy.close(60_000), proxy.proxy.close(0)]).then(() => {}));
  t.is(proxy.reports.length, 1);
});

for (const mode of ['guard', 'observe'] as const) {
  test.serial(`mode ${mode}: close is bounded, and reports, even if a connection cannot be ended`, async (t) => {
    const clock = new ManualClock();
    const { proxy, connect } = await startRelaying(t, { clock, mode });
    const { client } = await connect();
    // An error in this program: nothing ends the two sides.
    const { reset } = Relay.prototype;
    Relay.prototype.reset = () => {};
    t.teardown(() => {
      Relay.prototype.reset = reset;
    });
    const closed = proxy.proxy.close(0);
    clock.advance(0);
    t.is(proxy.proxy.connections, 1);
    clock.advance(3_000);
    await ended(closed);
    await client.how();
    t.like(await proxy.nextReport(), { decision: 'forward', reason: { name: 'shutdown' }, ended: { by: 'proxy' } });
    t.is(proxy.reports.length, 1);
    t.is(clock.timers, 0);
  });
}
