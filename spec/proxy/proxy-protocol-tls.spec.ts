import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { A91, ascii, concat, hex } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, pem, SecureWire, startTlsUpstream } from '../support/secure-wire.js';
import { startServer } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const ENDS = { source: '192.0.2.1:56324', destination: '198.51.100.9:5671' };
const TOLD = { client: ENDS.source, destination: ENDS.destination };

const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const upstreamTls = {
  credentials: { secureContext: createSecureContext({ ca: pem('ca') }) },
  servername: 'localhost',
};
const accepting = (accept: 'accept' | 'require'): ProxyOptions => ({
  tls,
  // Erlang 25: an alert and a reset.
  dialect: '3.10',
  proxyProtocol: { accept, send: 'off', trustedSources: ['127.0.0.1'] },
});
const sending = (send: 'v1' | 'v2'): ProxyOptions => ({
  upstreamTls,
  proxyProtocol: { accept: 'off', send, trustedSources: [] },
});

/** Sends the header and the first bytes of TLS in one write. */
const together = (header: Uint8Array) => (socket: Socket) => {
  socket.cork();
  socket.write(header);
  setImmediate(() => socket.uncork());
};

for (const accept of ['accept', 'require'] as const) {
  for (const version of ['v1', 'v2'] as const) {
    const header = encodeHeader(version, ENDS);

    test(`${accept}: TLS starts after a ${version} header`, async (t) => {
      const upstream = await startUpstream(t);
      const proxy = await startProxy(t, upstream, accepting(accept));
      const client = await dialSecured(t, proxy, {}, together(header));
      await client.send(concat(HEADER, ascii('more')));
      const broker = await upstream.next();
      t.deepEqual(await broker.octets(12), Buffer.concat([HEADER, ascii('more')]));
      await broker.send('hello');
      await client.octets(5);
      await client.close();
      await broker.how();
      broker.fin();
      await client.how();
      t.like(await proxy.nextReport(), {
        ...TOLD,
        via: client.address,
        octets: { received: 12, sent: 5 },
        tls: { version: 'TLS 1.3', servername: 'localhost', terminated: true },
      });
    });

    test(`${accept}: a client after a ${version} header is refused inside TLS`, async (t) => {
      const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
      const client = await dialSecured(t, proxy, {}, together(header));
      await client.send('amqp0091');
      t.deepEqual(await client.how(), { notified: true, close: 'rst' });
      t.is(client.received.toString('hex'), A91);
      t.like(await proxy.nextReport(), {
        ...TOLD,
        via: client.address,
        reason: { name: 'bad_header', term: '{bad_header,<<"amqp0091">>}' },
        octets: { received: 8, sent: 8 },
      });
      t.like(proxy.accepting, [{ client: ENDS.source, listen: ENDS.destination }] as never);
    });
  }

  test(`${accept}: a client without TLS after the header is answered as without a header`, async (t) => {
    const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
    for (const parts of [[concat(encodeHeader('v2', ENDS), HEADER)], [encodeHeader('v2', ENDS), HEADER]]) {
      const client = await dialWire(t, proxy);
      for (const part of parts) await client.send(part);
      t.is(await client.how(), 'rst');
      t.is(client.received.toString('hex'), '1503010002020a');
      t.like(await proxy.nextReport(), {
        ...TOLD,
        reason: { name: 'bad_header', term: '{unsupported_record_type,65}' },
        octets: { received: 8, sent: 7 },
        tls: { version: null, terminated: true },
      });
    }
    t.is(proxy.accepting.length, 0);
  });

  test(`${accept}: a client that ends after the header is answered with a FIN, and LOCAL is a health check`, async (t) => {
    const proxy = await startProxy(t, await startUpstream(t), accepting(accept));
    for (const [octets, name] of [
      ['', 'connection_closed_with_no_data_received'],
      ['1603', 'connection_closed_abruptly'],
    ] as const) {
      const client = await dialWire(t, proxy);
      await client.send(concat(encodeHeader('v2', null), hex(octets)));
      client.fin();
      t.is(await client.how(), 'fin');
      t.is(client.receivedLength, 0);
      t.like(await proxy.nextReport(), {
        client: client.address,
        reason: { name, loggedAs: 'debug' },
        healthCheck: true,
        ended: { by: 'client', clientSent: 'fin', clientSaw: 'fin' },
      });
    }
  });

  test(`${accept}: TLS has 5 s after the header, and AMQP has the handshake timeout after TLS`, async (t) => {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), { ...accepting(accept), clock });
    const startedTimers = async (count: number) => {
      while (clock.started < count) await new Promise(setImmediate);
    };
    const slow = await dialWire(t, proxy);
    await startedTimers(1);
    clock.advance(2_999);
    await slow.send(encodeHeader('v1', ENDS));
    await startedTimers(2);
    clock.advance(4_999);
    t.is(clock.timers, 1);
    clock.advance(1);
    t.is(await slow.how(), 'rst');
    t.like(await proxy.nextReport(), {
      ...TOLD,
      durationMs: 7_999,
      reason: { name: 'handshake_timeout', term: '{handshake_timeout,tls}' },
    });

    const client = await dialSecured(t, proxy, {}, async (socket) => {
      await startedTimers(3);
      clock.advance(2_999);
      socket.write(encodeHeader('v1', ENDS));
      await startedTimers(4);
      clock.advance(4_999);
    });
    await startedTimers(5);
    clock.advance(9_999);
    t.is(clock.timers, 1);
    clock.advance(1);
    t.is((await client.how()).close, 'rst');
    t.like(await proxy.nextReport(), {
      ...TOLD,
      durationMs: 17_998,
      reason: { name: 'handshake_timeout', term: '{handshake_timeout,handshake}' },
    });
  });

  test(`${accept}: a proxy that is stopped between the header and TLS ends the connection`, async (t) => {
    const clock = new ManualClock();
    const proxy = await startProxy(t, await startUpstream(t), { ...accepting(accept), clock });
    const client = await dialWire(t, proxy);
    await client.send(encodeHeader('v2', ENDS));
    while (clock.started < 2) await new Promise(setImmediate);
    const closed = proxy.proxy.close(0);
    clock.advance(0);
    await within(closed, 'the end of the proxy');
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { ...TOLD, reason: { name: 'shutdown' }, ended: { by: 'proxy' } });
  });
}

test('require: a ClientHello instead of the header is reset without a reply', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), accepting('require'));
  const client = await dialWire(t, proxy);
  await client.send(hex('16030100ff0100'));
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, 0);
  t.like(await proxy.nextReport(), {
    client: client.address,
    reason: { name: 'bad_header', loggedAs: 'debug' },
    looksLike: { what: 'tls' },
    tls: null,
  });
});

test('accept: a client without a header is handled as on any TLS port, even after the first octet of one', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), accepting('accept'));
  const good = await dialSecured(t, proxy);
  await good.send('amqp0091');
  t.is((await good.how()).close, 'rst');
  t.is(good.received.toString('hex'), A91);
  t.like(await proxy.nextReport(), { client: good.address, via: null, reason: { name: 'bad_header' } });
  for (const [octets, name, alert, how] of [
    ['', 'connection_closed_with_no_data_received', '', 'fin'],
    ['P', 'bad_header', '1503010002020a', 'rst'],
  ] as const) {
    const client = await dialWire(t, proxy);
    await client.send(octets);
    client.fin();
    t.is(await client.how(), how);
    t.is(client.received.toString('hex'), alert);
    t.like(await proxy.nextReport(), { client: client.address, via: null, reason: { name } });
  }
});

test('accept: a client that sends nothing is reset 5 s after accept', async (t) => {
  const clock = new ManualClock();
  const proxy = await startProxy(t, await startUpstream(t), { ...accepting('accept'), clock });
  const client = await dialWire(t, proxy);
  while (clock.started < 1) await new Promise(setImmediate);
  clock.advance(4_999);
  t.is(clock.timers, 1);
  clock.advance(1);
  while (clock.started < 2) await new Promise(setImmediate);
  clock.advance(0);
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), {
    durationMs: 5_000,
    reason: { name: 'handshake_timeout', term: '{handshake_timeout,tls}' },
  });
});

test('observe: TLS after the header is also terminated', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { ...accepting('require'), mode: 'observe' });
  const client = await dialSecured(t, proxy, {}, together(encodeHeader('v2', ENDS)));
  const broker = await upstream.next();
  await broker.send('220 mail.example\r\n');
  t.is((await client.octets(18)).toString(), '220 mail.example\r\n');
  await client.send('EHLO me\r\n');
  t.is((await broker.octets(9)).toString(), 'EHLO me\r\n');
  await client.close();
  await broker.how();
  broker.fin();
  t.like(await proxy.nextReport(), { ...TOLD, octets: { received: 9, sent: 18 }, tls: { terminated: true } });
});

/** A fake broker that expects a PROXY header of `length` octets, followed by TLS. */
async function startToldUpstream(t: ExecutionContext, lengthOf: (first: Buffer) => number) {
  let taken!: (connection: { readonly header: Buffer; readonly wire: SecureWire }) => void;
  const next = new Promise<Parameters<typeof taken>[0]>((resolve) => {
    taken = resolve;
  });
  const listening = await startServer(t, (socket) => {
    let first = Buffer.alloc(0);
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
        first = Buffer.concat([first, chunk]);
      }
      const length = lengthOf(first);
      if (length < 0 || first.length < length) return;
      socket.off('readable', read);
      if (first.length > length) socket.unshift(first.subarray(length));
      const secure = { isServer: true, secureContext: contextOf('server') };
      const wire = new SecureWire(socket, (through) => new TLSSocket(through, secure));
      taken({ header: first.subarray(0, length), wire });
    };
    socket.on('readable', read);
  });
  return { ...listening, next: () => within(next, 'a PROXY header at the upstream') };
}

for (const [send, lengthOf] of [
  ['v1', (first: Buffer) => first.indexOf('\n') + 1 || -1],
  ['v2', () => 28],
] as const) {
  test(`${send}: a TLS upstream receives the client’s address before TLS starts`, async (t) => {
    const upstream = await startToldUpstream(t, lengthOf);
    const proxy = await startProxy(t, upstream, sending(send));
    const client = await dialWire(t, proxy);
    await client.send(HEADER);
    const { header, wire: broker } = await upstream.next();
    const ends = { source: client.address, destination: `127.0.0.1:${proxy.port}` };
    t.deepEqual(header, Buffer.from(encodeHeader(send, ends)));
    t.deepEqual(await broker.octets(8), Buffer.from(HEADER));
    await broker.send('hello');
    t.is((await client.octets(5)).toString(), 'hello');
    client.fin();
    t.deepEqual(await broker.how(), { notified: true, close: 'fin' });
    t.is(broker.receivedLength, 8, 'the header is not inside TLS');
    await broker.close();
    t.is(await client.how(), 'fin');
    t.like(await proxy.nextReport(), { octets: { received: 8, sent: 5 }, ended: { upstreamSaw: 'fin' } });
  });

  test(`${send}: a proxy that requires the header before TLS accepts the one that a proxy sends`, async (t) => {
    const upstream = await startTlsUpstream(t);
    const inner = await startProxy(t, upstream, { ...accepting('require'), upstreamTls });
    const outer = await startProxy(t, inner, { ...sending(send), tls });
    const client = await dialSecured(t, outer);
    await client.send(HEADER);
    const broker = await upstream.next();
    t.deepEqual(await broker.octets(8), Buffer.from(HEADER));
    client.rst();
    t.is((await broker.how()).close, 'rst');
    const { via, ...told } = await inner.nextReport();
    t.like(told, { client: client.address, destination: `127.0.0.1:${outer.port}`, octets: { received: 8 } });
    t.regex(via ?? '', /^127\.0\.0\.1:\d+$/);
    t.like(await outer.nextReport(), { client: client.address, via: null, tls: { terminated: true } });
  });
}
