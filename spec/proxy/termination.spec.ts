import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../lib/clock.js';
import { AcceptedPeer } from '../../lib/proxy/peer/accepted-peer.js';
import type { Terminated } from '../../lib/proxy/terminated.js';
import { terminate } from '../../lib/proxy/tls-handshake.js';
import { ERLANG_TLS } from '../../lib/tls/erlang-tls.js';
import type { Termination } from '../../lib/tls/tls-settings.js';
import { A91, ascii, hex } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { pour, randomOctets, sha1, sip } from '../support/pour.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls, pem } from '../support/secure-wire.js';
import { startServer } from '../support/server.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const server = (): Termination => ({ credentials: { secureContext: contextOf('server') }, requestCert: false });
const verifying = (): Termination => ({ credentials: { secureContext: contextOf('server', 'ca') }, requestCert: true });

/** A proxy with a TLS port in front of a fake broker without TLS. */
async function start(t: ExecutionContext, options: ProxyOptions = {}) {
  const upstream = await startUpstream(t);
  // Erlang 25: an alert and a reset.
  const proxy = await startProxy(t, upstream, { tls: server(), dialect: '3.10', ...options });
  return { upstream, proxy };
}

const UNEXPECTED_MESSAGE = '1503010002020a';
const BAD_RECORD_MAC = '15030100020214';

// All of this was observed with RabbitMQ 3.10.8 on Erlang 25.
for (const [octets, alert, term] of [
  [HEADER, UNEXPECTED_MESSAGE, '{unsupported_record_type,65}'],
  [HEADER.subarray(0, 1), UNEXPECTED_MESSAGE, '{unsupported_record_type,65}'],
  [ascii('GET / HTTP/1.1\r\n\r\n'), UNEXPECTED_MESSAGE, '{unsupported_record_type,71}'],
  [hex('00'), UNEXPECTED_MESSAGE, '{unsupported_record_type,0}'],
  [hex('18'), UNEXPECTED_MESSAGE, '{unsupported_record_type,24}'],
  [hex('16414d'), BAD_RECORD_MAC, '{unsupported_version,{65,77}}'],
  [hex('160309'), BAD_RECORD_MAC, '{unsupported_version,{3,9}}'],
] as const) {
  test(`a client that begins with ${Buffer.from(octets).toString('hex')} on a TLS port receives an alert and a reset`, async (t) => {
    const { proxy, upstream } = await start(t);
    const client = await dialWire(t, proxy);
    await client.send(octets);
    t.is(await client.how(), 'rst');
    t.is(client.received.toString('hex'), alert);
    const report = await proxy.nextReport();
    t.like(report, {
      decision: 'refuse',
      stage: 'header',
      upstream: null,
      reason: { name: 'bad_header', term, severity: 'error', loggedAs: 'notice' },
      header: { hex: Buffer.from(octets.subarray(0, 8)).toString('hex') },
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
      octets: { received: octets.length, sent: 7 },
      tls: { version: null, servername: null, alpn: [], terminated: true },
    });
    t.regex(report.reason.sentence, /not TLS, to a TLS port/);
    t.is(proxy.accepting.length, 0, 'a broker’s reader never sees it');
    t.is(upstream.connections, 0);
  });
}

test('less than a record’s type and version decides nothing, and a FIN is answered with a FIN', async (t) => {
  const { proxy } = await start(t);
  for (const [octets, name] of [
    ['', 'connection_closed_with_no_data_received'],
    ['1603', 'connection_closed_abruptly'],
    ['16030100ff0100', 'connection_closed_abruptly'],
  ] as const) {
    const client = await dialWire(t, proxy);
    if (octets !== '') await client.send(hex(octets));
    client.fin();
    t.is(await client.how(), 'fin');
    t.is(client.receivedLength, 0);
    t.like(await proxy.nextReport(), {
      decision: 'none',
      reason: { name, loggedAs: 'debug' },
      healthCheck: octets === '',
      ended: { by: 'client', clientSent: 'fin', clientSaw: 'fin' },
    });
  }
});

for (const octets of ['', '16', '16030100ff0100']) {
  test(`a TLS handshake that stops after '${octets}' is reset 5 s after accept`, async (t) => {
    const clock = new ManualClock();
    const { proxy } = await start(t, { clock });
    const client = await dialWire(t, proxy);
    if (octets !== '') await client.send(hex(octets));
    while (clock.timers === 0) await new Promise(setImmediate);
    clock.advance(4_999);
    await new Promise(setImmediate);
    t.is(proxy.reports.length, 0);
    clock.advance(1);
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, 0);
    t.like(await proxy.nextReport(), {
      decision: 'refuse',
      reason: {
        name: 'handshake_timeout',
        term: '{handshake_timeout,tls}',
        severity: 'error',
        loggedAs: 'debug',
        sentence: 'The client did not complete its TLS handshake within 5 s and was reset.',
      },
      ended: { by: 'proxy', clientSaw: 'rst' },
    });
    t.is(clock.timers, 0);
  });
}

test('the timeout of the protocol header counts from the end of the TLS handshake', async (t) => {
  const clock = new ManualClock();
  const { proxy } = await start(t, { clock, handshakeTimeout: 10_000 });
  // In TLS 1.2 the server is ready before its client.
  const client = await dialTls(t, proxy, { maxVersion: 'TLSv1.2' });
  while (clock.timers === 0) await new Promise(setImmediate);
  clock.advance(4_000);
  await client.secured;
  while (clock.timers === 0) await new Promise(setImmediate);
  clock.advance(9_999);
  await new Promise(setImmediate);
  t.is(proxy.reports.length, 0);
  clock.advance(1);
  t.deepEqual(await client.how(), { notified: true, close: 'rst' });
  t.like(await proxy.nextReport(), {
    reason: { name: 'handshake_timeout', term: '{handshake_timeout,handshake}', loggedAs: 'error' },
    octets: { received: 0, sent: 0 },
  });
});

for (const version of VERSIONS) {
  const options = { minVersion: version, maxVersion: version };

  for (const [sent, name] of [
    ['amqp0091', 'bad_header'],
    ['AMQP0091', 'bad_version'],
    ['AMQP\0\0\x09\0', 'bad_version'],
  ] as const) {
    test(`${version}: '${sent.replaceAll('\0', '0')}' receives the farewell, a close_notify and a reset`, async (t) => {
      const { proxy, upstream } = await start(t);
      const client = await dialSecured(t, proxy, { ...options, ALPNProtocols: ['amqp'] });
      await client.send(ascii(sent));
      t.deepEqual(await client.how(), { notified: true, close: 'rst' });
      t.is(client.received.toString('hex'), A91);
      t.like(await proxy.nextReport(), {
        decision: 'refuse',
        reason: { name, severity: 'error', loggedAs: 'error' },
        header: { hex: Buffer.from(sent, 'latin1').toString('hex') },
        ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
        octets: { received: 8, sent: 8 },
        tls: {
          version: version.replace('TLSv', 'TLS '),
          servername: 'localhost',
          alpn: ['amqp'],
          terminated: true,
        },
      });
      t.is(proxy.accepting.length, 1);
      t.is(upstream.connections, 0);
    });
  }

  // Observed with RabbitMQ 4.0.5 on Erlang 27 and 4.3.6 on Erlang 29.
  for (const [sent, farewell] of [
    ['amqp0091', '414d515003010000'],
    ['', ''],
  ] as const) {
    test(`${version}: from Erlang 27 on '${sent}' is answered with a close_notify and a FIN`, async (t) => {
      const { proxy } = await start(t, { dialect: '4.0.5' });
      const client = await dialSecured(t, proxy, { minVersion: version, maxVersion: version });
      if (sent === '') await client.notify();
      else await client.send(sent);
      t.deepEqual(await client.how(), { notified: true, close: 'fin' });
      t.is(client.received.toString('hex'), farewell);
      t.is((await proxy.nextReport()).ended.clientSaw, 'fin');
    });
  }

  test(`${version}: with close: fin a refusal ends with a close_notify and a FIN`, async (t) => {
    const { proxy } = await start(t, { close: 'fin' });
    const client = await dialSecured(t, proxy, options);
    await client.send('amqp0091');
    t.deepEqual(await client.how(), { notified: true, close: 'fin' });
    t.is(client.received.toString('hex'), A91);
    t.is((await proxy.nextReport()).ended.clientSaw, 'fin');
  });

  for (const octets of ['', 'AMQ']) {
    const reason =
      octets === ''
        ? { name: 'connection_closed_with_no_data_received', loggedAs: 'debug' }
        : { name: 'connection_closed_abruptly', loggedAs: 'warning' };

    test(`${version}: '${octets}' and a close_notify is answered with a close_notify and a reset`, async (t) => {
      const { proxy } = await start(t);
      for (const how of ['notify', 'close'] as const) {
        const client = await dialSecured(t, proxy, options);
        if (octets !== '') await client.send(octets);
        await client[how]();
        t.deepEqual(await client.how(), { notified: true, close: 'rst' });
        t.like(await proxy.nextReport(), {
          decision: 'none',
          reason,
          healthCheck: octets === '',
          ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst' },
        });
      }
    });

    test(`${version}: '${octets}' and a FIN without close_notify is answered with a FIN`, async (t) => {
      const { proxy } = await start(t);
      const client = await dialSecured(t, proxy, options);
      if (octets !== '') await client.send(octets);
      client.fin();
      t.deepEqual(await client.how(), { notified: false, close: 'fin' });
      t.like(await proxy.nextReport(), { reason, ended: { by: 'client', clientSent: 'fin', clientSaw: 'fin' } });
    });

    test(`${version}: '${octets}' and a reset is distinguished from a FIN`, async (t) => {
      const { proxy } = await start(t);
      const client = await dialSecured(t, proxy, options);
      if (octets !== '') await client.send(octets);
      client.rst();
      t.like(await proxy.nextReport(), { reason, ended: { by: 'client', clientSent: 'rst' } });
    });
  }

  test(`${version}: bytes are relayed in both directions, and each kind of close is relayed`, async (t) => {
    const { proxy, upstream } = await start(t);
    for (const [end, expected] of [
      ['close', 'fin'],
      ['fin', 'fin'],
      ['rst', 'rst'],
    ] as const) {
      const client = await dialSecured(t, proxy, options);
      await client.send(HEADER);
      const broker = await upstream.next();
      await broker.send('start');
      t.is((await client.octets(5)).toString(), 'start');
      await client.send('more');
      t.is((await broker.octets(12)).toString('latin1', 8), 'more');
      await client[end]();
      t.is(await broker.how(), expected);
      broker.fin();
      if (end !== 'rst') t.is((await client.how()).close, 'fin');
      t.like(await proxy.nextReport(), {
        decision: 'forward',
        reason: { name: 'connection_closed_abruptly' },
        ended: { by: 'client', clientSent: expected, upstreamSaw: expected },
        octets: { received: 12, sent: 5 },
      });
    }
  });

  test(`${version}: the broker’s FIN becomes a close_notify and a FIN, its reset a reset, after all earlier bytes`, async (t) => {
    const { proxy, upstream } = await start(t);
    for (const how of ['fin', 'rst'] as const) {
      const client = await dialSecured(t, proxy, options);
      await client.send(HEADER);
      const broker = await upstream.next();
      await broker.octets(8);
      await broker.send(Buffer.alloc(3_000, 'x'));
      await client.octets(3_000);
      broker[how]();
      t.deepEqual(await client.how(), { notified: how === 'fin', close: how });
      client.fin();
      t.like(await proxy.nextReport(), {
        reason: { name: 'upstream_closed' },
        ended: { by: 'upstream', upstreamSent: how, clientSaw: how },
      });
    }
  });

  test(`${version}: the client can send after the broker’s FIN, and the broker after the client’s close_notify`, async (t) => {
    const { proxy, upstream } = await start(t);
    const client = await dialSecured(t, proxy, options);
    await client.send(HEADER);
    const broker = await upstream.next();
    broker.fin();
    await client.send('still here');
    t.is((await broker.octets(18)).toString('latin1', 8), 'still here');
    await client.close();
    t.is(await broker.how(), 'fin');
    t.is((await proxy.nextReport()).ended.by, 'upstream');
  });
}

test('a reset during the handshake is distinguished from a FIN', async (t) => {
  const { proxy } = await start(t);
  for (const octets of ['', '16030100ff0100']) {
    const client = await dialWire(t, proxy);
    if (octets !== '') await client.send(hex(octets));
    client.rst();
    t.like(await proxy.nextReport(), { decision: 'none', ended: { by: 'client', clientSent: 'rst' } });
  }
});

test('the broker can send after the client’s close_notify', async (t) => {
  const { proxy, upstream } = await start(t);
  const client = await dialSecured(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await client.notify();
  t.is(await broker.how(), 'fin');
  await broker.send('last words');
  t.is((await client.octets(10)).toString(), 'last words');
  broker.fin();
  t.deepEqual(await client.how(), { notified: true, close: 'fin' });
});

test('bytes that were read before the TLS handshake are part of it', async (t) => {
  const octets: Buffer[] = [];
  const done = new Promise<Terminated>((resolve) => {
    void startServer(t, (socket) => {
      const client = new AcceptedPeer(socket, {
        octets: (first) => {
          octets.push(Buffer.from(first));
          setImmediate(() => resolve(terminate(client, server(), ERLANG_TLS[27], systemClock, { first: octets })));
          return false;
        },
        ended: () => {},
        drained: () => {},
        closed: () => {},
      });
    }).then((target) => dialSecured(t, target).catch(() => {}));
  });
  t.like(await done, { hello: { version: 'TLS 1.3', servername: 'localhost' } });
  t.true(octets.length === 1);
});

test('a client with unsupported TLS parameters receives an alert and a reset', async (t) => {
  const { proxy } = await start(t);
  const client = await dialTls(t, proxy, { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-SHA' });
  await t.throwsAsync(client.secured, { message: /insufficient security/ });
  t.is((await client.how()).close, 'rst');
  t.like(await proxy.nextReport(), {
    decision: 'refuse',
    reason: { name: 'handshake_error', term: 'ERR_SSL_NO_SHARED_CIPHER', severity: 'error', loggedAs: 'notice' },
    tls: { version: null, servername: 'localhost', terminated: true },
  });
});

for (const version of VERSIONS) {
  const options = { minVersion: version, maxVersion: version };

  test(`${version}: with a CA, a client without a certificate is refused, and one with a valid certificate is accepted`, async (t) => {
    const { proxy, upstream } = await start(t, { tls: verifying() });
    const without = await dialTls(t, proxy, options);
    t.is((await without.how()).close, 'rst');
    t.like(await proxy.nextReport(), {
      reason: { name: 'handshake_error', term: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' },
    });
    const good = await dialSecured(t, proxy, { ...options, cert: pem('client'), key: pem('client-key') });
    await good.send(HEADER);
    const broker = await upstream.next();
    t.is((await broker.octets(8)).toString('latin1'), 'AMQP\0\0\x09\x01');
    t.is(upstream.connections, 1);
  });

  test(`${version}: with a CA, a client with a certificate from another CA is refused`, async (t) => {
    const { proxy, upstream } = await start(t, { tls: verifying() });
    const other = await dialTls(t, proxy, { ...options, cert: pem('self-signed'), key: pem('self-signed-key') });
    t.is((await other.how()).close, 'rst');
    t.like(await proxy.nextReport(), {
      decision: 'refuse',
      reason: { name: 'handshake_error', term: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    t.is(upstream.connections, 0);
  });
}

test('a proxy in mode observe also terminates TLS, and dials after the handshake', async (t) => {
  const { proxy, upstream } = await start(t, { mode: 'observe' });
  const client = await dialSecured(t, proxy);
  const broker = await upstream.next();
  await broker.send('220 hello');
  t.is((await client.octets(9)).toString(), '220 hello');
  await client.send('EHLO');
  t.is((await broker.octets(4)).toString(), 'EHLO');
  await client.close();
  t.is(await broker.how(), 'fin');
  broker.fin();
  t.like(await proxy.nextReport(), { tls: { version: 'TLS 1.3', terminated: true }, header: { text: 'EHLO' } });
});

test('a corrupt TLS record ends the connection with a reset on both sides', async (t) => {
  const { proxy, upstream } = await start(t);
  const client = await dialSecured(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(8);
  client.raw(hex('1703030020'));
  client.raw(randomBytes(32));
  t.is(await broker.how(), 'rst');
  t.is((await client.how()).close, 'rst');
  t.like(await proxy.nextReport(), { reason: { name: 'connection_closed_abruptly' } });
});

test('a proxy that is closed resets clients during and after the TLS handshake', async (t) => {
  const clock = new ManualClock();
  const { proxy, upstream } = await start(t, { clock });
  const early = await dialWire(t, proxy);
  await early.send(hex('160301'));
  const silent = await dialSecured(t, proxy);
  const client = await dialSecured(t, proxy);
  await client.send(HEADER);
  await (await upstream.next()).octets(8);
  const closed = proxy.proxy.close(0);
  clock.advance(0);
  await closed;
  t.is(await early.how(), 'rst');
  t.is((await silent.how()).close, 'rst');
  t.is((await client.how()).close, 'rst');
  t.deepEqual(
    proxy.reports.map(({ reason }) => reason.name),
    ['shutdown', 'shutdown', 'shutdown'],
  );
});

test('new connections use the current certificate', async (t) => {
  const credentials = { secureContext: contextOf('server') };
  const { proxy } = await start(t, { tls: { credentials, requestCert: false } });
  const first = await dialSecured(t, proxy);
  credentials.secureContext = contextOf('other-server');
  const second = await dialSecured(t, proxy);
  t.deepEqual(
    [first, second].map(({ tls }) => tls.getPeerCertificate().subject.CN),
    ['server', 'other-server'],
  );
});

test.serial('30 MB in each direction inside TLS arrive unchanged at readers that pause', async (t) => {
  // These bytes never open a connection, so on a busy machine the deadline could pass before all of them arrive.
  const { proxy, upstream } = await start(t, { handshakeTimeout: 600_000 });
  const length = 30_000_000;
  const carry = async () => {
    const client = await dialSecured(t, proxy);
    await client.send(HEADER);
    const broker = await upstream.next();
    await broker.octets(8);
    const way = async (from: typeof client | typeof broker, to: typeof client | typeof broker, before: number) => {
      const octets = randomOctets(length, before * 70_001);
      const poured = pour(from, octets, 80_003);
      await sip(to, before + length, 262_144);
      await poured;
      t.is(sha1(to.received.subarray(before)), sha1(octets));
    };
    await Promise.all([way(client, broker, 8), way(broker, client, 0)]);
    await client.close();
    t.is(await broker.how(), 'fin');
    broker.fin();
    t.is((await client.how()).close, 'fin');
  };
  await Promise.all([carry(), carry()]);
  for (let at = 0; at < 2; at++) t.deepEqual((await proxy.nextReport()).octets, { received: length + 8, sent: length });
});

test('bytes inside TLS that arrive together with a reset are read, 100 times out of 100', async (t) => {
  const { proxy } = await start(t);
  for (let count = 0; count < 100; count++) {
    const client = await dialSecured(t, proxy);
    await client.send('AMQP');
    client.rst();
    t.like(await proxy.nextReport(), {
      reason: { name: 'connection_closed_abruptly' },
      octets: { received: 4 },
      ended: { clientSent: 'rst' },
    });
  }
});
