import test, { type ExecutionContext } from 'ava';
import { FakeDns } from '../support/fake-dns.js';
import { startHangingServer } from '../support/hanging-server.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, startTlsUpstream } from '../support/secure-wire.js';
import { deadPort } from '../support/server.js';
import { trusting } from '../support/trusting.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

/** A proxy whose upstream is the name `rabbit`, and its clients. */
async function start(t: ExecutionContext, port: number, dns: FakeDns, options: ProxyOptions = {}) {
  const proxy = await startProxy(t, { host: 'rabbit', port }, { lookup: dns.lookup, ...options });
  return {
    proxy,
    connect: async () => {
      const client = await dialWire(t, proxy);
      await client.send(HEADER);
      return client;
    },
  };
}

test('an address that does not answer leaves time for the next one', async (t) => {
  const upstream = await startUpstream(t);
  const { port } = await startHangingServer(t, '127.0.0.2', upstream.port);
  // Less than the 250 ms that Node gives each address.
  const dns = new FakeDns(['127.0.0.2', '127.0.0.1']);
  const { proxy, connect } = await start(t, port, dns, { connectTimeout: 240 });
  const client = await connect();
  const broker = await upstream.next();
  t.deepEqual(await broker.octets(8), Buffer.from(HEADER));
  client.rst();
  t.like(await proxy.nextReport(), {
    upstream: `rabbit:${port}`,
    upstreamAddress: `127.0.0.1:${port}`,
    reason: { name: 'connection_closed_abruptly' },
  });
  t.is(upstream.connections, 1);
});

test('after an address that refuses, the next one is dialed immediately', async (t) => {
  const upstream = await startUpstream(t);
  // The connect timeout is never due, and neither is the time for one address.
  const options = { clock: new ManualClock(), connectTimeout: 3_600_000 };
  for (const answer of [
    ['127.0.0.2', '127.0.0.1'],
    ['::1', '127.0.0.2', '127.0.0.1'],
  ]) {
    const { proxy, connect } = await start(t, upstream.port, new FakeDns(answer), options);
    const client = await connect();
    await (await upstream.next()).octets(8);
    client.rst();
    t.is((await proxy.nextReport()).upstreamAddress, `127.0.0.1:${upstream.port}`);
  }
});

test('when no address accepts, the report has the error of each', async (t) => {
  const { port } = await startHangingServer(t, '127.0.0.2');
  const { proxy, connect } = await start(t, port, new FakeDns(['127.0.0.2', '127.0.0.3']), { connectTimeout: 400 });
  t.is(await (await connect()).how(), 'rst');
  const { reason, upstreamAddress } = await proxy.nextReport();
  t.is(
    reason.sentence,
    `The broker at rabbit:${port} could not be reached (ETIMEDOUT, ECONNREFUSED), and the client was reset.`,
  );
  t.is(upstreamAddress, `127.0.0.3:${port}`);
});

test('each dial asks again, and open connections stay where they are', async (t) => {
  const upstream = await startUpstream(t);
  const dns = new FakeDns(['127.0.0.1']);
  const { proxy, connect } = await start(t, upstream.port, dns);
  const first = await connect();
  const broker = await upstream.next();
  await broker.octets(8);
  dns.answer = ['127.0.0.2'];
  t.is(await (await connect()).how(), 'rst');
  t.like(await proxy.nextReport(), {
    reason: { name: 'upstream_unreachable' },
    upstreamAddress: `127.0.0.2:${upstream.port}`,
  });
  await first.send('still here');
  t.is((await broker.octets(18)).toString('latin1', 8), 'still here');
  dns.answer = ['127.0.0.1'];
  await connect();
  await (await upstream.next()).octets(8);
  t.deepEqual(dns.asked, ['rabbit', 'rabbit', 'rabbit']);
});

test('a name that is resolved later works then, and until then each report says what is wrong', async (t) => {
  const upstream = await startUpstream(t);
  const dns = new FakeDns('ENOTFOUND');
  const { proxy, connect } = await start(t, upstream.port, dns);
  for (const [answer, why] of [
    ['ENOTFOUND', 'the host name rabbit is unknown (ENOTFOUND)'],
    ['EAI_AGAIN', 'DNS gave no answer for the host name rabbit (EAI_AGAIN)'],
  ] as const) {
    dns.answer = answer;
    t.is(await (await connect()).how(), 'rst');
    const { reason, upstreamAddress } = await proxy.nextReport();
    t.is(
      reason.sentence,
      `The broker at rabbit:${upstream.port} could not be reached because ${why}, and the client was reset.`,
    );
    t.is(upstreamAddress, null);
  }
  dns.answer = ['127.0.0.1'];
  await connect();
  t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
});

for (const upstreamTls of [null, trusting()]) {
  const what = upstreamTls ? ', with TLS' : '';

  test(`a lookup without an answer is abandoned at the connect timeout${what}`, async (t) => {
    const clock = new ManualClock();
    const dns = new FakeDns('silence');
    const { proxy, connect } = await start(t, 5672, dns, { clock, connectTimeout: 3_000, upstreamTls });
    const client = await connect();
    // The first timer is the header's deadline, the second the connect timeout.
    while (clock.started < 2) await new Promise(setImmediate);
    clock.advance(3_000);
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), {
      durationMs: 3_000,
      reason: {
        name: 'upstream_unreachable',
        sentence:
          'The broker at rabbit:5672 could not be reached because DNS gave no answer for the host name rabbit (EAI_AGAIN), and the client was reset.',
      },
      upstreamAddress: null,
    });
    t.is(dns.pending, 0);
  });

  test(`a client that leaves cancels a pending lookup${what}`, async (t) => {
    const dns = new FakeDns('silence');
    const { proxy, connect } = await start(t, 5672, dns, { upstreamTls });
    const client = await connect();
    while (dns.pending === 0) await new Promise(setImmediate);
    client.rst();
    t.like(await proxy.nextReport(), { reason: { name: 'connection_closed_abruptly' }, ended: { by: 'client' } });
    t.deepEqual([proxy.proxy.connections, dns.pending], [0, 0]);
  });
}

test('with TLS, the server name is the host name, whichever address accepts', async (t) => {
  const upstream = await startTlsUpstream(t, { secureContext: contextOf('server') });
  const dns = new FakeDns(['127.0.0.2', '127.0.0.1']);
  const proxy = await startProxy(
    t,
    { host: 'localhost', port: upstream.port },
    { lookup: dns.lookup, upstreamTls: trusting() },
  );
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  t.deepEqual(await broker.octets(8), Buffer.from(HEADER));
  t.is((broker.tls as unknown as { servername: string }).servername, 'localhost');
  client.rst();
  t.is((await proxy.nextReport()).upstreamAddress, `127.0.0.1:${upstream.port}`);
});

test('a port on which nothing listens has the address that was dialed in its report', async (t) => {
  const port = await deadPort();
  const proxy = await startProxy(t, { host: '127.0.0.1', port });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  t.is((await proxy.nextReport()).upstreamAddress, `127.0.0.1:${port}`);
});
