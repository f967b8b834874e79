import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import type { HealthCheckStyle } from '../../lib/health-check/style.js';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { client as asks, clientHello, concat, hex, httpGet } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured } from '../support/secure-wire.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';
import { within } from '../support/within.js';

const FROM_LOCALHOST = { accept: 'accept', send: 'off', trustedSources: ['127.0.0.0/8'] } as const;
const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const PROXY_V2 = encodeHeader('v2', { source: '192.0.2.1:1', destination: '192.0.2.2:5672' });
const LOCAL = hex('0d0a0d0a000d0a515549540a 20 00 0000');
const CHANNEL_OPEN = hex('01 0001 00000005 0014000a 00 ce');
const OPEN_OK = Buffer.from('000a0029', 'hex');
const CHANNEL_OPEN_OK = Buffer.from('0014000b', 'hex');

type Play = (client: Wire) => Promise<unknown> | unknown;

/** Waits for Start, which is the only thing that a broker sends after a header. */
const start = (client: Wire) => client.octets(400);
const login = async (client: Wire): Promise<void> => {
  await client.send(concat(HEADER, asks.startOk(), asks.tuneOk(), asks.open()));
  await client.until((received) => received.includes(OPEN_OK));
};

const GUARD = ['guard'] as const;
const BOTH = ['guard', 'observe'] as const;

const PLAYS: readonly (readonly [
  title: string,
  style: HealthCheckStyle | null,
  healthCheck: boolean,
  modes: readonly ('guard' | 'observe')[],
  play: Play,
  options?: ProxyOptions,
])[] = [
  ['connect, then FIN', 'no_data', true, BOTH, (client) => client.fin()],
  ['connect, then RST', 'no_data_reset', true, BOTH, (client) => client.rst()],
  [
    'three octets, then FIN',
    'partial',
    false,
    BOTH,
    async (client) => {
      await client.send('AMQ');
      client.fin();
    },
  ],
  [
    'the header, Start, then RST',
    'header_only',
    true,
    BOTH,
    async (client) => {
      await client.send(HEADER);
      await start(client);
      client.rst();
    },
  ],
  [
    'the header, Start, then FIN',
    'header_only',
    true,
    BOTH,
    async (client) => {
      await client.send(HEADER);
      await start(client);
      client.fin();
    },
  ],
  [
    'the header and FIN together',
    'header_only',
    true,
    BOTH,
    (client) => {
      void client.send(HEADER);
      client.fin();
    },
  ],
  [
    'the header, then RST before Start',
    'header_only',
    true,
    GUARD,
    (client) => {
      void client.send(HEADER);
      client.rst();
    },
  ],
  [
    'the header, Start, and an orderly Close',
    'header_close',
    false,
    BOTH,
    async (client) => {
      await client.send(HEADER);
      await start(client);
      await client.send(asks.close());
      client.rst();
    },
  ],
  [
    'a login, then an orderly Close',
    'login',
    false,
    BOTH,
    async (client) => {
      await login(client);
      await client.send(asks.close());
      await client.until((received) => received.includes(Buffer.from('000a0033', 'hex')));
      client.fin();
    },
  ],
  [
    'a login, then RST',
    'login',
    false,
    BOTH,
    async (client) => {
      await login(client);
      client.rst();
    },
  ],
  [
    'a login and a channel',
    null,
    false,
    BOTH,
    async (client) => {
      await login(client);
      await client.send(CHANNEL_OPEN);
      await client.until((received) => received.includes(CHANNEL_OPEN_OK));
      await client.send(asks.close());
      client.fin();
    },
  ],
  ['GET', 'http', false, BOTH, (client) => client.send(httpGet('/'))],
  ['HEAD', 'http', false, BOTH, (client) => client.send('HEAD / HTTP/1.0\r\n\r\n')],
  ['a ClientHello', 'tls_hello', false, BOTH, (client) => client.send(clientHello())],
  ['a PROXY header that is not accepted', 'proxy_only', false, BOTH, (client) => client.send(PROXY_V2)],
  [
    'a PROXY header, then FIN',
    'proxy_only',
    true,
    BOTH,
    async (client) => {
      await client.send(PROXY_V2);
      client.fin();
    },
    { proxyProtocol: FROM_LOCALHOST },
  ],
  [
    'a PROXY header with LOCAL, then FIN',
    'proxy_local',
    true,
    BOTH,
    async (client) => {
      await client.send(LOCAL);
      client.fin();
    },
    { proxyProtocol: FROM_LOCALHOST },
  ],
  ['text', 'text', false, BOTH, (client) => client.send('HELO\r\n\r\n\r\n\r\n')],
  ['the header as text', 'text', false, BOTH, (client) => client.send('AMQP0091')],
  ['a command of Redis', 'other', false, BOTH, (client) => client.send('*1\r\n$4\r\nPING\r\n')],
];

for (const [title, style, healthCheck, modes, play, options] of PLAYS) {
  for (const mode of modes) {
    test(`${title}: ${style ?? 'no style'}, mode ${mode}`, async (t) => {
      const { port } = sharedRabbitmq();
      const proxy = await startProxy(t, { host: '127.0.0.1', port }, { mode, ...options });
      const client = await dialWire(t, proxy);
      await play(client);
      t.like(await proxy.nextReport(), { healthCheckStyle: style, healthCheck });
    });
  }
}

for (const [title, octets, style] of [
  ['connect', '', 'hold'],
  ['HELO', 'HELO\r\n', 'partial'],
] as const) {
  test(`${title}, then nothing until the timeout: ${style}, mode guard`, async (t) => {
    const clock = new ManualClock();
    const { port } = sharedRabbitmq();
    const proxy = await startProxy(t, { host: '127.0.0.1', port }, { clock });
    const client = await dialWire(t, proxy);
    if (octets !== '') {
      void client.send(octets);
      await within(once(proxy.proxy, 'accepting'), 'the octets');
    } else while (clock.timers === 0) await new Promise(setImmediate);
    clock.advance(10_000);
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { healthCheckStyle: style, healthCheck: false });
  });

  test(`${title}, then nothing until the timeout of the broker: ${style}, mode observe`, async (t) => {
    const clock = new ManualClock();
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, { clock, mode: 'observe' });
    const client = await dialWire(t, proxy);
    if (octets !== '') void client.send(octets);
    const broker = await upstream.next();
    await broker.octets(octets.length);
    clock.advance(10_000);
    broker.rst();
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), { healthCheckStyle: style, healthCheck: false });
  });
}

test('a TLS handshake where the proxy terminates TLS, then nothing: tls_handshake', async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: '127.0.0.1', port }, { tls: TLS });
  const client = await dialSecured(t, proxy);
  client.fin();
  t.like(await proxy.nextReport(), { healthCheckStyle: 'tls_handshake', healthCheck: true });
});

test('a ClientHello where the proxy terminates TLS, then FIN: tls_hello', async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: '127.0.0.1', port }, { tls: TLS });
  const client = await dialWire(t, proxy);
  await client.send(clientHello());
  client.fin();
  t.like(await proxy.nextReport(), { healthCheckStyle: 'tls_hello', healthCheck: false });
});

test('an RST before accept: no_data_reset from an unknown source', async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: '127.0.0.1', port });
  const client = connect(proxy.port, '127.0.0.1');
  // The proxy runs in this thread: the kernel completes the connection, and the reset is sent before the proxy accepts.
  await new Promise<void>((resolve) => client.once('connect', () => resolve(void client.resetAndDestroy())));
  t.like(await proxy.nextReport(), { healthCheckStyle: 'no_data_reset', healthCheck: true });
});

test('a client that leaves because the broker sends no Start has no style', async (t) => {
  const clock = new ManualClock();
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { clock });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(HEADER.length);
  clock.advance(2_000);
  client.rst();
  t.is(await broker.how(), 'rst');
  t.like(await proxy.nextReport(), { healthCheckStyle: null, healthCheck: false });
});
