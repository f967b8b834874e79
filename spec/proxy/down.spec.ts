import { createSecureContext } from 'node:tls';
import test from 'ava';
import { startProxy } from '../support/proxy.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { contextOf, dialSecured, pem, startTlsUpstream } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

for (const before of ['nothing', "the client's FIN", "the upstream's FIN"] as const) {
  test(`a proxy that is disabled ends both sides with a FIN, after ${before}`, async (t) => {
    const { proxy, connect } = await startRelaying(t);
    const { client, broker } = await connect();
    if (before === "the client's FIN") {
      client.fin();
      await broker.how();
    }
    if (before === "the upstream's FIN") {
      broker.fin();
      await client.how();
    }
    await proxy.proxy.down();
    t.deepEqual(await Promise.all([client.how(), broker.how()]), ['fin', 'fin']);
    t.like(await proxy.nextReport(), { ended: { clientSaw: 'fin', upstreamSaw: 'fin' } });
  });
}

test('bytes that both sides have already sent are read, so neither side sees a reset', async (t) => {
  const { proxy, connect } = await startRelaying(t);
  const { client, broker } = await connect();
  await Promise.all([client.send('x'.repeat(100_000)), broker.send('x'.repeat(100_000))]);
  await proxy.proxy.down();
  t.deepEqual(await Promise.all([client.how(), broker.how()]), ['fin', 'fin']);
});

test('a TLS upstream receives a close_notify and a FIN', async (t) => {
  const upstream = await startTlsUpstream(t, { secureContext: contextOf('server') });
  const upstreamTls = { credentials: { secureContext: createSecureContext({ ca: pem('ca') }) }, servername: null };
  const proxy = await startProxy(t, upstream, { upstreamTls });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(8);
  await proxy.proxy.down();
  t.is(await client.how(), 'fin');
  t.deepEqual(await broker.how(), { notified: true, close: 'fin' });
  t.like(await proxy.nextReport(), { ended: { by: 'proxy', clientSaw: 'fin', upstreamSaw: 'fin' } });
});

for (const [what, options] of [
  ['a side', {}],
  ['a TLS client', { tls: { credentials: { secureContext: contextOf('server') }, requestCert: false } }],
] as const) {
  test(`${what} that reads nothing does not keep the connection open`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, options);
    const client = 'tls' in options ? await dialSecured(t, proxy) : await dialWire(t, proxy);
    await client.send(HEADER);
    const broker = await upstream.next();
    client.pause();
    void broker.send(Buffer.alloc(32 * 1024 * 1024)).catch(() => {});
    // Wait until bytes are also queued in the proxy: the FIN is then queued after them.
    const sent = (): number => proxy.proxy.openConnections()[0]?.octets.sent ?? 0;
    for (let before = -1; sent() === 0 || sent() !== before; ) {
      before = sent();
      for (let turn = 0; turn < 1_000; turn++) await new Promise(setImmediate);
    }
    await proxy.proxy.down();
    t.like(await proxy.nextReport(), { ended: { by: 'proxy', clientSaw: 'fin', upstreamSaw: 'fin' } });
  });
}
