import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import type { Ends } from '../../lib/proxy-protocol/header.js';
import { concat, broker as says } from '../support/bytes.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const sending = (send: 'v1' | 'v2', accept: 'off' | 'accept' = 'off'): ProxyOptions => ({
  proxyProtocol: { accept, send, trustedSources: ['127.0.0.0/8', '::1'] },
});

const TOLD: Ends = { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' };

test('a broker that resets without a byte probably requires a PROXY header, unless it was sent one', async (t) => {
  for (const [options, says] of [
    [{}, /It probably requires a PROXY header: if so, set proxyProtocol\.send\.$/],
    [sending('v2'), /without closing the AMQP connection\.$/],
  ] as const) {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, options);
    const client = await dialWire(t, proxy);
    await client.send(HEADER);
    const broker = await upstream.next();
    await broker.octets(8);
    broker.rst();
    t.is(await client.how(), 'rst');
    const { reason } = await proxy.nextReport();
    t.is(reason.name, 'upstream_closed');
    t.regex(reason.sentence, says);
  }
});

for (const send of ['v1', 'v2'] as const) {
  test(`${send}: the upstream first receives the client’s address and the one that it connected to, and reports do not count those bytes`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, sending(send));
    const client = await dialWire(t, proxy);
    await client.send(concat(HEADER, Buffer.from('more')));
    const broker = await upstream.next();
    const header = encodeHeader(send, { source: client.address, destination: `127.0.0.1:${proxy.port}` });
    const all = Buffer.concat([header, HEADER, Buffer.from('more')]);
    t.deepEqual(await broker.octets(all.length), all);
    await broker.send(says.start({ product: 'RabbitMQ', version: '3.10.8' }));
    await client.octets(says.start().length);
    client.rst();
    await broker.how();
    t.is(broker.receivedLength, all.length);
    t.like(await proxy.nextReport(), {
      stage: 'starting',
      header: { text: 'AMQP....' },
      handshake: { serverVersion: '3.10.8' },
      octets: { received: 12 },
    });
  });

  test(`${send}: the client’s address from a balancer’s header is passed on`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, sending(send, 'accept'));
    for (const version of ['v1', 'v2'] as const) {
      const client = await dialWire(t, proxy);
      await client.send(concat(encodeHeader(version, TOLD), HEADER));
      const all = Buffer.concat([encodeHeader(send, TOLD), HEADER]);
      t.deepEqual(await (await upstream.next()).octets(all.length), all);
    }
  });

  test(`${send}: after a header without addresses, those of the socket are sent`, async (t) => {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, sending(send, 'accept'));
    for (const version of ['v1', 'v2'] as const) {
      const client = await dialWire(t, proxy);
      await client.send(concat(encodeHeader(version, null), HEADER));
      const ends = { source: client.address, destination: `127.0.0.1:${proxy.port}` };
      const all = Buffer.concat([encodeHeader(send, ends), HEADER]);
      t.deepEqual(await (await upstream.next()).octets(all.length), all);
    }
  });

  test(`${send}: a wildcard listener sends the address that the client connected to, without the prefix of mapped IPv4`, async (t) => {
    const upstream = await startUpstream(t);
    for (const [host, address] of [
      ['0.0.0.0', '127.0.0.1'],
      ['::', '127.0.0.1'],
      ['::1', '::1'],
    ] as const) {
      if (host.includes(':') && !(await hasIpv6(t))) continue;
      const proxy = await startProxy(t, upstream, { ...sending(send), listen: { host, port: 0 } });
      const client = await dialWire(t, { host: address, port: proxy.port }, address);
      await client.send(HEADER);
      const [from, to] =
        address === '::1'
          ? [`[${client.address.slice(0, 3)}]${client.address.slice(3)}`, '[::1]']
          : [client.address, address];
      const all = Buffer.concat([encodeHeader(send, { source: from, destination: `${to}:${proxy.port}` }), HEADER]);
      t.deepEqual(await (await upstream.next()).octets(all.length), all, host);
    }
  });

  test(`${send}: observe: the header is sent first even when the server speaks first`, async (t) => {
    const upstream = await startUpstream(t, (wire) => void wire.send('220 mail.example\r\n'));
    const proxy = await startProxy(t, upstream, { ...sending(send), mode: 'observe' });
    const client = await dialWire(t, proxy);
    t.is((await client.octets(18)).toString(), '220 mail.example\r\n');
    const header = encodeHeader(send, { source: client.address, destination: `127.0.0.1:${proxy.port}` });
    const broker = await upstream.next();
    t.deepEqual(await broker.octets(header.length), Buffer.from(header));
    await client.send('EHLO me\r\n');
    t.deepEqual(await broker.octets(header.length + 9), Buffer.concat([header, Buffer.from('EHLO me\r\n')]));
    client.fin();
    await broker.how();
    broker.fin();
    t.like(await proxy.nextReport(), { header: { text: 'EHLO me.' }, octets: { received: 9, sent: 18 } });
  });

  test(`${send}: a proxy that requires a header accepts the one that a proxy sends`, async (t) => {
    const upstream = await startUpstream(t);
    const inner = await startProxy(t, upstream, {
      proxyProtocol: { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] },
    });
    const outer = await startProxy(t, inner, sending(send));
    const client = await dialWire(t, outer);
    await client.send(HEADER);
    await (await upstream.next()).octets(8);
    client.rst();
    const { via, ...told } = await inner.nextReport();
    t.like(told, { client: client.address, destination: `127.0.0.1:${outer.port}`, octets: { received: 8 } });
    t.regex(via ?? '', /^127\.0\.0\.1:\d+$/);
    t.like(await outer.nextReport(), { client: client.address, via: null, destination: null });
  });
}

test('8 MB after the header arrive in order at an upstream that reads slowly', async (t) => {
  const upstream = await startUpstream(t, (wire) => wire.pause());
  const proxy = await startProxy(t, upstream, sending('v2', 'accept'));
  const client = await dialWire(t, proxy);
  const bulk = Buffer.from(Array.from({ length: 8 * 1024 * 1024 }, (_, at) => (at * 7) % 251));
  const header = encodeHeader('v1', TOLD);
  void client.send(concat(header, HEADER, bulk));
  const broker = await upstream.next();
  broker.resume();
  const all = Buffer.concat([encodeHeader('v2', TOLD), HEADER, bulk]);
  t.is(Buffer.compare(await broker.octets(all.length), all), 0);
});

test('a changed setting applies to the next connections', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream);
  const settings = (send: 'off' | 'v1', accept: 'off' | 'require') =>
    proxy.proxy.reconfigure({ ...proxy.settings, proxyProtocol: { accept, send, trustedSources: ['127.0.0.1'] } });
  const first = await dialWire(t, proxy);
  await first.send('AMQP');
  while (proxy.accepting.length === 0) await new Promise(setImmediate);
  settings('v1', 'require');
  await first.send('\0\0\x09\x01');
  t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));

  const second = await dialWire(t, proxy);
  await second.send(HEADER);
  t.is(await second.how(), 'rst');
  const third = await dialWire(t, proxy);
  await third.send(concat(encodeHeader('v2', TOLD), HEADER));
  const all = Buffer.concat([encodeHeader('v1', TOLD), HEADER]);
  t.deepEqual(await (await upstream.next()).octets(all.length), all);

  settings('off', 'off');
  const fourth = await dialWire(t, proxy);
  await fourth.send(HEADER);
  t.deepEqual(await (await upstream.next()).octets(8), Buffer.from(HEADER));
});

async function hasIpv6(t: ExecutionContext): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(0, '::1');
    await once(server, 'listening');
    return true;
  } catch {
    t.log('no IPv6 here');
    return false;
  } finally {
    server.close();
  }
}
