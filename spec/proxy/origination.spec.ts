import { createSecureContext } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { hex } from '../support/bytes.js';
import { freePort } from '../support/free-port.js';
import { pour, randomOctets, sha1, sip } from '../support/pour.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, pem, startTlsUpstream } from '../support/secure-wire.js';
import { trusting } from '../support/trusting.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

type TlsUpstream = Awaited<ReturnType<typeof startTlsUpstream>>;

/** A plain proxy in front of a fake broker with TLS. */
async function start(t: ExecutionContext, upstream: TlsUpstream, options: ProxyOptions = {}) {
  const proxy = await startProxy(t, upstream, { upstreamTls: trusting(), ...options });
  return {
    proxy,
    connect: async () => {
      const client = await dialWire(t, proxy);
      await client.send(HEADER);
      const broker = await upstream.next();
      await broker.octets(8);
      return { client, broker };
    },
  };
}

for (const version of VERSIONS) {
  const options = { secureContext: contextOf('server'), minVersion: version, maxVersion: version };

  test(`${version}: bytes are relayed in both directions, and each kind of close from the client is relayed`, async (t) => {
    const { proxy, connect } = await start(t, await startTlsUpstream(t, options));
    for (const how of ['fin', 'rst'] as const) {
      const { client, broker } = await connect();
      await broker.send('start');
      t.is((await client.octets(5)).toString(), 'start');
      await client.send('more');
      t.is((await broker.octets(12)).toString('latin1', 8), 'more');
      client[how]();
      t.deepEqual(await broker.how(), { notified: how === 'fin', close: how });
      if (how === 'fin') {
        await broker.send('last words');
        t.is((await client.octets(15)).toString('latin1', 5), 'last words');
        await broker.close();
        t.is(await client.how(), 'fin');
      }
      t.like(await proxy.nextReport(), {
        decision: 'forward',
        reason: { name: 'connection_closed_abruptly' },
        ended: { by: 'client', clientSent: how, upstreamSaw: how },
        octets: { received: 12, sent: how === 'fin' ? 15 : 5 },
        tls: null,
      });
    }
  });

  for (const [how, expected] of [
    ['close', 'fin'],
    ['fin', 'fin'],
    ['rst', 'rst'],
  ] as const) {
    test(`${version}: the broker’s ${how} is relayed to the client as ${expected}, after all earlier bytes`, async (t) => {
      const { proxy, connect } = await start(t, await startTlsUpstream(t, options));
      const { client, broker } = await connect();
      await broker.send(Buffer.alloc(100_000, 'x'));
      if (how === 'rst') await client.octets(100_000);
      await broker[how]();
      t.is(await client.how(), expected);
      t.is(client.receivedLength, 100_000);
      client.fin();
      t.like(await proxy.nextReport(), {
        reason: { name: 'upstream_closed' },
        ended: { by: 'upstream', upstreamSent: expected, clientSaw: expected },
      });
    });
  }

  test(`${version}: a close_notify and a reset, as RabbitMQ closes, are relayed as a reset`, async (t) => {
    const { proxy, connect } = await start(t, await startTlsUpstream(t, options));
    const { client, broker } = await connect();
    await broker.notify();
    broker.rst();
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { ended: { by: 'upstream', upstreamSent: 'rst', clientSaw: 'rst' } });
  });
}

test.serial(
  'a reset after a close_notify is relayed as a reset, although the process had no time to read it',
  async (t) => {
    const { connect } = await start(t, await startTlsUpstream(t));
    const { client, broker } = await connect();
    await broker.notify();
    // The proxy reads the close_notify.
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    broker.rst();
    // Longer than the proxy waits for the close of TCP.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    t.is(await client.how(), 'rst');
  },
);

test('a close_notify alone is relayed as a half-close', async (t) => {
  const { proxy, connect } = await start(t, await startTlsUpstream(t));
  const { client, broker } = await connect();
  await broker.notify();
  t.is(await client.how(), 'fin');
  client.fin();
  t.is((await broker.how()).close, 'fin');
  t.like(await proxy.nextReport(), { ended: { by: 'upstream', upstreamSent: 'fin', clientSaw: 'fin' } });
});

for (const [what, certificate, origination, code] of [
  ['that is self-signed', 'self-signed', trusting(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [
    'from another CA',
    'server',
    { ...trusting(), credentials: { secureContext: createSecureContext({}) } },
    /^(UNABLE|SELF)/,
  ],
  ['for another host', 'server', trusting('other.example'), 'ERR_TLS_CERT_ALTNAME_INVALID'],
] as const) {
  test(`an upstream with a certificate ${what} is unreachable, and receives nothing`, async (t) => {
    const upstream = await startTlsUpstream(t, { secureContext: contextOf(certificate) });
    const proxy = await startProxy(t, upstream, { upstreamTls: origination });
    const client = await dialWire(t, proxy);
    await client.send(HEADER);
    t.is(await client.how(), 'rst');
    const report = await proxy.nextReport();
    t.like(report, {
      decision: 'forward',
      reason: { name: 'upstream_unreachable', severity: 'error' },
      ended: { by: 'proxy', clientSaw: 'rst' },
      octets: { received: 8, sent: 0 },
      timing: { upstreamConnectMs: null },
    });
    t.regex(report.reason.sentence, typeof code === 'string' ? new RegExp(`\\(${code}\\)`) : /\((UNABLE|SELF)/);
    const broker = await upstream.next();
    await broker.how();
    t.is(broker.receivedLength, 0);
  });
}

test('the server name is sent, and can differ from the host', async (t) => {
  const upstream = await startTlsUpstream(t);
  const { proxy, connect } = await start(t, upstream, { upstreamTls: trusting('broker.example') });
  const { broker } = await connect();
  t.is((broker.tls as unknown as { servername: string }).servername, 'broker.example');
  await proxy.proxy.close(0);
});

for (const [what, answer, code] of [
  ['does not speak TLS', '414d515000000901', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ['closes during the handshake', 'fin', 'ECONNRESET'],
  ['resets during the handshake', 'rst', 'ECONNRESET'],
] as const) {
  test(`an upstream that ${what} is unreachable`, async (t) => {
    const upstream = await startUpstream(t, (wire: Wire) => {
      void wire.octets(50).then(() => {
        if (answer === 'fin') wire.fin();
        else if (answer === 'rst') wire.rst();
        else void wire.send(hex(answer));
      });
    });
    const proxy = await startProxy(t, upstream, { upstreamTls: trusting() });
    const client = await dialWire(t, proxy);
    await client.send(HEADER);
    t.is(await client.how(), 'rst');
    const { reason } = await proxy.nextReport();
    t.is(reason.name, 'upstream_unreachable');
    t.regex(reason.sentence, new RegExp(`\\(${code}\\)`));
  });
}

test('an upstream that accepts but sends nothing is unreachable after the connect timeout', async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { upstreamTls: trusting(), connectTimeout: 200 });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  t.regex((await proxy.nextReport()).reason.sentence, /\(ETIMEDOUT\)/);
});

test('an upstream that does not listen is unreachable, as without TLS', async (t) => {
  const nobody = { host: '127.0.0.1', port: await freePort() };
  const proxy = await startProxy(t, nobody, { upstreamTls: trusting() });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  t.regex((await proxy.nextReport()).reason.sentence, /\(ECONNREFUSED\)/);
});

test('an upstream that requests a certificate receives ours', async (t) => {
  const upstream = await startTlsUpstream(t, {
    secureContext: contextOf('server', 'ca'),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const secureContext = createSecureContext({ ca: pem('ca'), cert: pem('client'), key: pem('client-key') });
  const { connect } = await start(t, upstream, { upstreamTls: { credentials: { secureContext }, servername: null } });
  const { broker } = await connect();
  t.is(broker.tls.getPeerCertificate().subject.CN, 'client');
});

test('a close before the upstream’s TLS handshake is complete is relayed after the bytes', async (t) => {
  const upstream = await startTlsUpstream(t);
  const { proxy } = await start(t, upstream, { mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send(Buffer.alloc(50_000, 'x'));
  client.fin();
  const broker = await upstream.next();
  t.deepEqual(await broker.how(), { notified: true, close: 'fin' });
  t.is(broker.receivedLength, 50_000);
  await broker.close();
  t.is(await client.how(), 'fin');
  t.like(await proxy.nextReport(), { octets: { received: 50_000, sent: 0 } });
});

test.serial('30 MB in each direction, with TLS on both sides, arrive unchanged at readers that pause', async (t) => {
  const upstream = await startTlsUpstream(t);
  const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
  // These bytes never open a connection, so on a busy machine the deadline could pass before all of them arrive.
  const { proxy } = await start(t, upstream, { tls, handshakeTimeout: 600_000 });
  const length = 30_000_000;
  const carry = async () => {
    const client = await dialSecured(t, proxy);
    await client.send(HEADER);
    const broker = await upstream.next();
    await broker.octets(8);
    const way = async (from: typeof client, to: typeof client, before: number) => {
      const octets = randomOctets(length, before * 70_001);
      const poured = pour(from, octets, 80_003);
      await sip(to, before + length, 262_144);
      await poured;
      t.is(sha1(to.received.subarray(before)), sha1(octets));
    };
    await Promise.all([way(client, broker, 8), way(broker, client, 0)]);
    await client.close();
    t.deepEqual(await broker.how(), { notified: true, close: 'fin' });
    await broker.close();
    t.deepEqual(await client.how(), { notified: true, close: 'fin' });
  };
  await Promise.all([carry(), carry()]);
  for (let at = 0; at < 2; at++) t.deepEqual((await proxy.nextReport()).octets, { received: length + 8, sent: length });
});

for (const from of ['client', 'upstream'] as const) {
  test.serial(`a stopped reader stops the ${from} through TLS, and no bytes are lost when it resumes`, async (t) => {
    const upstream = await startTlsUpstream(t);
    const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
    const { proxy } = await start(t, upstream, { tls });
    const client = await dialSecured(t, proxy);
    await client.send(HEADER);
    const broker = await upstream.next();
    await broker.octets(8);
    const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
    const before = receiver.receivedLength;
    receiver.pause();
    const octets = randomOctets(64 * 1024 * 1024);
    let sent = 0;
    // A write that is not accepted within one turn of the timers waits for the reader.
    for (let isTaken = true; isTaken && sent < octets.length; ) {
      const write = sender.send(octets.subarray(sent, sent + 65_536)).then(() => true);
      sent += 65_536;
      isTaken = await Promise.race([write, new Promise<boolean>((resolve) => setTimeout(resolve, 500, false))]);
    }
    t.true(sent < 40 * 1024 * 1024, `${sent} bytes were accepted`);
    void sender.close();
    receiver.resume();
    t.is((await receiver.how()).close, 'fin');
    t.is(sha1(receiver.received.subarray(before)), sha1(octets.subarray(0, sent)));
  });
}
