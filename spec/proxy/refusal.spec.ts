import test, { type ExecutionContext } from 'ava';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';

const FAREWELL = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const GARBAGE = Buffer.alloc(4 * 1024 * 1024, 'GARBAGE!');

type Refusing = { readonly proxy: TestProxy; readonly upstream: Upstream; readonly clock: ManualClock };

async function start(t: ExecutionContext, options: ProxyOptions = {}): Promise<Refusing> {
  const clock = new ManualClock();
  const upstream = await startUpstream(t);
  return { clock, upstream, proxy: await startProxy(t, upstream, { clock, ...options }) };
}

/** Resolves when the proxy has accepted the connection and its deadline runs. */
async function accepted({ clock }: Refusing): Promise<void> {
  while (clock.timers === 0) await new Promise(setImmediate);
}

/** Resolves when the proxy has read the first octet. */
async function begun({ proxy }: Refusing): Promise<void> {
  while (proxy.accepting.length === 0) await new Promise(setImmediate);
}

test('a silent client is reset at the handshake timeout', async (t) => {
  const refusing = await start(t);
  const { proxy, clock, upstream } = refusing;
  const client = await dialWire(t, proxy);
  await accepted(refusing);
  clock.advance(9_999);
  t.is(proxy.accepting.length, 0);
  clock.advance(1);
  t.is(await client.how(), 'rst');
  t.is(client.receivedLength, 0);
  t.like(await proxy.nextReport(), {
    proxy: 'amqp',
    at: '2026-11-23T00:00:00.000Z',
    durationMs: 10_000,
    client: client.address,
    via: null,
    listen: `127.0.0.1:${proxy.port}`,
    upstream: null,
    decision: 'refuse',
    stage: 'header',
    dialect: '3.6',
    reason: {
      name: 'handshake_timeout',
      term: '{handshake_timeout,handshake}',
      severity: 'error',
      loggedAs: 'error',
      inferred: false,
      sentence:
        'The client sent nothing for 10 s and was reset. RabbitMQ logs `accepting` only now: it waits for the first byte.',
    },
    looksLike: null,
    healthCheck: false,
    header: { hex: '', text: '' },
    ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
    octets: { received: 0, sent: 0 },
    timing: { headerMs: null, upstreamConnectMs: null, startMs: null, tuneMs: null, tuneOkMs: null, openMs: null },
    handshake: null,
    connectionClose: null,
    fault: null,
  });
  t.is(proxy.accepting.length, 1, 'RabbitMQ logs a silent client as accepted at the timeout');
  t.like(proxy.accepting[0], { byEnd: false, time: Date.UTC(2026, 10, 23, 0, 0, 10) });
  t.is(upstream.connections, 0);
});

test('the handshake timeout is counted from accept, and octets do not postpone it', async (t) => {
  const refusing = await start(t);
  const { proxy, clock } = refusing;
  const client = await dialWire(t, proxy);
  await accepted(refusing);
  clock.advance(6_000);
  await client.send('A');
  await begun(refusing);
  clock.advance(3_999);
  t.is(proxy.reports.length, 0);
  clock.advance(1);
  t.is(await client.how(), 'rst');
  const report = await proxy.nextReport();
  t.like(report, {
    durationMs: 10_000,
    reason: { term: '{handshake_timeout,handshake}' },
    octets: { received: 1, sent: 0 },
  });
  t.regex(report.reason.sentence, /^The client sent only 1 byte \(.A.\) in 10 s and was reset\.$/);
  t.like(proxy.accepting[0], { byEnd: false, time: Date.UTC(2026, 10, 23, 0, 0, 6) });
});

test('seven octets, one at a time, decide nothing, and the eighth decides', async (t) => {
  const refusing = await start(t);
  const { proxy } = refusing;
  const client = await dialWire(t, proxy);
  for (const [at, octet] of [...'AMQP0091'].entries()) {
    t.is(proxy.reports.length, 0, `before octet ${at + 1}`);
    await client.send(octet);
    await new Promise(setImmediate);
  }
  t.is(await client.how(), 'rst');
  t.deepEqual(client.received, FAREWELL);
  t.like(await proxy.nextReport(), {
    reason: { term: '{bad_version,{48,48,57,49}}' },
    octets: { received: 8, sent: 8 },
  });
  t.is(proxy.accepting.length, 1);
});

/** The client's actions and their results: the rows of the specification. */
const endings = [
  {
    title: 'no data and a FIN',
    octets: '',
    close: 'fin',
    healthCheck: true,
    reason: {
      name: 'connection_closed_with_no_data_received',
      term: 'connection_closed_with_no_data_received',
      severity: 'info',
      loggedAs: 'debug',
    },
  },
  {
    title: 'no data and an RST',
    octets: '',
    close: 'rst',
    healthCheck: true,
    reason: {
      name: 'connection_closed_with_no_data_received',
      term: 'connection_closed_with_no_data_received',
      severity: 'info',
      loggedAs: 'debug',
    },
  },
  {
    title: 'four octets and a FIN',
    octets: 'AMQP',
    close: 'fin',
    healthCheck: false,
    reason: {
      name: 'connection_closed_abruptly',
      term: 'client unexpectedly closed TCP connection',
      severity: 'warning',
      loggedAs: 'warning',
    },
  },
  {
    title: 'four octets and an RST',
    octets: 'AMQP',
    close: 'rst',
    healthCheck: false,
    reason: {
      name: 'connection_closed_abruptly',
      term: 'client unexpectedly closed TCP connection',
      severity: 'warning',
      loggedAs: 'warning',
    },
  },
] as const;

for (const close of ['rst', 'fin'] as const) {
  for (const { title, octets, close: how, healthCheck, reason } of endings) {
    test(`${title} are reported as the client's end, and answered with a ${close.toUpperCase()} if it still reads`, async (t) => {
      const refusing = await start(t, { close });
      const { proxy, upstream } = refusing;
      const client = await dialWire(t, proxy);
      await accepted(refusing);
      if (octets !== '') {
        await client.send(octets);
        await begun(refusing);
      }
      if (how === 'fin') {
        client.fin();
        t.is(await client.how(), close);
      } else client.rst();
      t.is(client.receivedLength, 0);
      t.like(await proxy.nextReport(), {
        client: client.address,
        upstream: null,
        decision: 'none',
        stage: 'header',
        reason,
        healthCheck,
        header: { text: octets },
        ended: {
          by: 'client',
          clientSent: how,
          clientSaw: how === 'fin' ? close : null,
          upstreamSent: null,
          upstreamSaw: null,
        },
        octets: { received: octets.length, sent: 0 },
      });
      t.is(upstream.connections, 0);
      t.like(proxy.accepting[0], { byEnd: octets === '' });
    });
  }
}

const refusals = [
  { octets: 'amqp0091', term: '{bad_header,<<"amqp0091">>}' },
  { octets: 'AMQP0091', term: '{bad_version,{48,48,57,49}}' },
  { octets: 'GET / HTTP/1.1\r\n\r\n', term: '{bad_header,<<"GET / HT">>}' },
  { octets: 'AMQP\x02\x01\0\0', term: 'amqp1_0_plugin_not_enabled' },
] as const;

const farewells = { '3.6': FAREWELL, '4.0': Buffer.from('AMQP\x03\x01\0\0', 'latin1') };

for (const close of ['rst', 'fin'] as const) {
  for (const { octets, term } of refusals) {
    const shown = JSON.stringify(octets);
    test(`${shown} is answered with AMQP 0 0 9 1 and a ${close.toUpperCase()}`, async (t) => {
      const { proxy, upstream } = await start(t, { close });
      const client = await dialWire(t, proxy);
      await client.send(Buffer.from(octets, 'latin1'));
      t.is(await client.how(), close);
      t.deepEqual(client.received, FAREWELL);
      client.fin();
      const report = await proxy.nextReport();
      t.like(report, {
        decision: 'refuse',
        stage: 'header',
        upstream: null,
        reason: { name: term.match(/\w+/)?.[0], term, severity: 'error' },
        healthCheck: false,
        header: { hex: Buffer.from(octets, 'latin1').toString('hex', 0, 8) },
        ended: { by: 'proxy', clientSent: null, clientSaw: close, upstreamSent: null, upstreamSaw: null },
        octets: { sent: 8 },
        handshake: null,
      });
      t.is(report.timing.headerMs, 0);
      t.is(upstream.connections, 0);
    });
  }
}

test('the farewell is that of the dialect', async (t) => {
  for (const [dialect, farewell] of Object.entries(farewells)) {
    const { proxy } = await start(t, { dialect });
    const client = await dialWire(t, proxy);
    await client.send('amqp0091');
    t.is(await client.how(), 'rst');
    t.deepEqual(client.received, farewell);
    t.is((await proxy.nextReport()).dialect, dialect);
  }
});

test.serial('a bad header directly followed by the client’s FIN or RST is still refused, 100 times each', async (t) => {
  const { proxy, upstream } = await start(t);
  const seen: string[] = [];
  for (let at = 0; at < 100; at++) {
    const client = await dialWire(t, proxy);
    void client.send('amqp0091');
    client.fin();
    seen.push(`${await client.how()} after ${client.receivedLength}`);
    const { decision, reason } = await proxy.nextReport();
    seen.push(`${decision} ${reason.name}`);
  }
  t.deepEqual(new Set(seen), new Set(['rst after 8', 'refuse bad_header']));
  for (let at = 0; at < 100; at++) {
    const { connections } = proxy.proxy;
    const client = await dialWire(t, proxy);
    while (proxy.proxy.connections === connections) await new Promise(setImmediate);
    void client.send('amqp0091');
    client.rst();
    const { reason } = await proxy.nextReport();
    // Octets before a close decide, if they can still be read.
    t.is(reason.name, 'bad_header');
  }
  t.is(upstream.connections, 0);
});

test('bytes after the 8 octets are ignored: 4 MiB are refused like 8 octets', async (t) => {
  const { proxy, upstream } = await start(t);
  const client = await dialWire(t, proxy);
  void client.send(GARBAGE);
  t.is(await client.how(), 'rst');
  // A client that is still writing can lose the farewell to the reset.
  t.true(client.receivedLength === 8 || client.receivedLength === 0);
  const { octets, reason, header } = await proxy.nextReport();
  t.is(reason.term, '{bad_header,<<"GARBAGE!">>}');
  t.is(header.text, 'GARBAGE!');
  // No more than one read.
  t.true(octets.received <= 256 * 1024, `${octets.received} bytes were read`);
  t.is(octets.sent, 8);
  t.is(upstream.connections, 0);
});

test('the farewell is sent before the reset, 200 times out of 200', async (t) => {
  const { proxy } = await start(t);
  const seen = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const client = await dialWire(t, proxy);
      await client.send('amqp0091');
      return `${await client.how()} after ${client.received.toString('hex')}`;
    }),
  );
  t.deepEqual(new Set(seen), new Set([`rst after ${FAREWELL.toString('hex')}`]));
});

test('with close: fin a FIN follows the farewell even if the client continues to send, 100 times out of 100', async (t) => {
  const { proxy } = await start(t, { close: 'fin' });
  const seen = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const client: Wire = await dialWire(t, proxy);
      await client.send(Buffer.alloc(1000, 'GARBAGE!'));
      return `${await client.how()} after ${client.received.toString('hex')}`;
    }),
  );
  t.deepEqual(new Set(seen), new Set([`fin after ${FAREWELL.toString('hex')}`]));
});

test.serial('a FIN and an RST without data are distinguished, 200 times each', async (t) => {
  const { proxy } = await start(t);
  for (let at = 0; at < 400; at++) {
    const client = await dialWire(t, proxy);
    while (proxy.proxy.connections === 0) await new Promise(setImmediate);
    const how = at % 2 === 0 ? 'fin' : 'rst';
    client[how]();
    const { ended, client: address } = await proxy.nextReport();
    t.deepEqual([address, ended.clientSent], [client.address, how]);
  }
});
