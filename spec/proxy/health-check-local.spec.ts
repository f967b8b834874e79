import test, { type ExecutionContext } from 'ava';
import type { HealthChecksInput } from '../../lib/health-check/health-checks.js';
import { parseHealthChecks } from '../../lib/health-check/read-health-checks.js';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { SASL_HEADER, saslInit } from '../support/amqp10.js';
import { broker, concat, hex, client as says } from '../support/bytes.js';
import { fixture } from '../support/fixture.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured } from '../support/secure-wire.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';

const LISTED: HealthChecksInput = [{ sources: ['127.0.0.1'], answer: 'local' }];
const LOCAL = encodeHeader('v2', null);
const ACCEPT = { accept: 'accept', send: 'off', trustedSources: ['127.0.0.0/8'] } as const;

type Answering = { readonly proxy: TestProxy; readonly upstream: Upstream };

async function start(
  t: ExecutionContext,
  healthChecks: HealthChecksInput,
  options: ProxyOptions = {},
): Promise<Answering> {
  const upstream = await startUpstream(t);
  return {
    upstream,
    proxy: await startProxy(t, upstream, { healthChecks: parseHealthChecks(healthChecks), ...options }),
  };
}

/** A check that has got its Start. @returns the Start */
async function check(
  t: ExecutionContext,
  proxy: TestProxy,
  header: Uint8Array = HEADER,
): Promise<readonly [Wire, Buffer]> {
  const wire = await dialWire(t, proxy);
  await wire.send(header);
  return [wire, await wire.octets(80)];
}

/** Lets the broker answer one connection, and returns its answer. */
async function teach(
  t: ExecutionContext,
  { proxy, upstream }: Answering,
  header: Uint8Array,
  start: Uint8Array,
): Promise<void> {
  const app = await dialWire(t, proxy);
  await app.send(header);
  const wire = await upstream.next();
  await wire.octets(8);
  await wire.send(start);
  await app.octets(start.length);
  app.rst();
  await proxy.nextReport();
}

/** A proxy whose rule does not list the client, and the same proxy when it does. */
const unlisted: HealthChecksInput = [{ sources: ['192.0.2.0/24'], answer: 'local' }];
function list({ proxy, settings }: TestProxy): void {
  proxy.reconfigure({ ...settings, healthChecks: parseHealthChecks(LISTED) });
}

test('a listed source gets the Start that the broker sent last, and the broker is not dialed', async (t) => {
  const answering = await start(t, unlisted);
  const { proxy, upstream } = answering;
  await teach(t, answering, HEADER, fixture('connection-start-3.10.8'));
  list(proxy);
  const [wire, answer] = await check(t, proxy);
  t.deepEqual(answer, Buffer.from(fixture('connection-start-3.10.8')));
  wire.fin();
  t.is(await wire.how(), 'rst');
  const report = await proxy.nextReport();
  t.like(report, {
    upstream: null,
    decision: 'none',
    stage: 'starting',
    healthCheck: true,
    healthCheckAnswer: 'local',
    reason: { name: 'connection_closed_abruptly', severity: 'warning', inferred: false },
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
    octets: { received: 8, sent: answer.length },
    connectionClose: null,
  });
  t.regex(report.reason.sentence, /^The proxy answered the protocol header itself, because of healthChecks/);
  t.is(upstream.connections, 1);
});

test('only the Start is learned from a broker that answered a pipelined login at once', async (t) => {
  const answering = await start(t, unlisted);
  await teach(t, answering, concat(HEADER, says.startOk()), concat(broker.start(), broker.tune()));
  list(answering.proxy);
  const [, answer] = await check(t, answering.proxy);
  t.deepEqual(new Uint8Array(answer), broker.start());
});

test('the mechanisms of AMQP 1.0 are learned with the header before them', async (t) => {
  const answering = await start(t, unlisted, { dialect: '4.0' });
  const taught = fixture('sasl-mechanisms-4.0.5');
  await teach(t, answering, SASL_HEADER, taught);
  list(answering.proxy);
  const wire = await dialWire(t, answering.proxy);
  await wire.send(SASL_HEADER);
  t.deepEqual(await wire.octets(taught.length), Buffer.from(taught));
  wire.rst();
  t.like(await answering.proxy.nextReport(), { healthCheck: true, healthCheckAnswer: 'local', upstream: null });
  t.is(answering.upstream.connections, 1);
});

for (const [protocol, header, product] of [
  ['AMQP 0-9-1', HEADER, 'rabbit-snare stand-in'],
  ['AMQP 1.0', SASL_HEADER, 'AMQPLAIN'],
] as const) {
  test(`${protocol}: before anything was learned, a listed source gets the Start of the stand-in`, async (t) => {
    const { proxy, upstream } = await start(t, LISTED);
    const wire = await dialWire(t, proxy);
    await wire.send(header);
    await wire.until((received) => received.includes(product));
    wire.rst();
    t.like(await proxy.nextReport(), {
      healthCheckAnswer: 'local',
      handshake: protocol === 'AMQP 1.0' ? null : { serverProduct: product },
    });
    t.is(upstream.connections, 0);
    t.is(proxy.learned.length, 0);
  });
}

test('a good header of an unlisted source is forwarded', async (t) => {
  const { proxy, upstream } = await start(t, unlisted);
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  await (await upstream.next()).octets(8);
  wire.rst();
  t.like(await proxy.nextReport(), { decision: 'forward', healthCheckAnswer: null });
});

test('the first rule that matches counts', async (t) => {
  const { proxy, upstream } = await start(t, [
    { sources: ['127.0.0.1'], answer: 'forward' },
    ...(LISTED as readonly []),
  ]);
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  await upstream.next();
  wire.rst();
  t.is((await proxy.nextReport()).healthCheckAnswer, null);
});

test('a bad header of a listed source is refused as usual', async (t) => {
  const { proxy, upstream } = await start(t, LISTED);
  const wire = await dialWire(t, proxy);
  await wire.send('amqp0091');
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), { decision: 'refuse', reason: { name: 'bad_header' }, healthCheckAnswer: 'local' });
  t.is(upstream.connections, 0);
});

test('a Close of a listed source is answered with 3 s of silence and a reset, as by RabbitMQ', async (t) => {
  const clock = new ManualClock();
  const { proxy, upstream } = await start(t, LISTED, { clock });
  const [wire, answer] = await check(t, proxy);
  clock.advance(9_000);
  await wire.send(says.close());
  while (proxy.proxy.openConnections()[0]?.octets.received === 8) await new Promise(setImmediate);
  clock.advance(2_999);
  t.is(proxy.proxy.connections, 1);
  clock.advance(1);
  t.is(await wire.how(), 'rst');
  t.is(wire.receivedLength, answer.length);
  t.like(await proxy.nextReport(), {
    decision: 'none',
    durationMs: 12_000,
    healthCheck: true,
    healthCheckAnswer: 'local',
    reason: {
      name: 'handshake_error',
      term: '{handshake_error,starting,0, {amqp_error,channel_error, "unexpected method in connection state starting", \'connection.close\'}}',
      inferred: false,
    },
    ended: { by: 'proxy', clientSaw: 'rst' },
  });
  t.is(upstream.connections, 0);
});

test('a login of a listed source is refused with 530, because only a broker can check it', async (t) => {
  const { proxy, upstream } = await start(t, LISTED);
  const [wire, { length }] = await check(t, proxy);
  await wire.send(says.startOk());
  const close = (await wire.octets(length + 20)).subarray(length);
  t.is(close.readUInt16BE(11), 530);
  wire.fin();
  t.is(await wire.how(), 'rst');
  const report = await proxy.nextReport();
  t.like(report, {
    decision: 'none',
    upstream: null,
    healthCheck: true,
    healthCheckAnswer: 'local',
    reason: { name: 'handshake_error', severity: 'error' },
    handshake: { user: 'guest' },
    connectionClose: { by: 'proxy', code: 530, name: 'NOT_ALLOWED' },
    ended: { by: 'client' },
  });
  t.regex(report.reason.sentence, /refused the login of the client: only a broker can check it/);
  t.is(upstream.connections, 0);
});

test('an AMQP 1.0 login of a listed source fails with the outcome sys, and is reset 3 s later', async (t) => {
  const clock = new ManualClock();
  const { proxy } = await start(t, LISTED, { clock, dialect: '4.0' });
  const wire = await dialWire(t, proxy);
  await wire.send(SASL_HEADER);
  const { length } = await wire.octets(40);
  await wire.send(saslInit());
  const answer = await wire.octets(length + 17);
  t.deepEqual(new Uint8Array(answer.subarray(-17)), hex('00000011 02010000 00 53 44 c0 04 02 50 02 40'));
  clock.advance(3_000);
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), {
    reason: { name: 'handshake_error' },
    ended: { by: 'proxy' },
    connectionClose: null,
  });
});

test('a listed source that holds the connection is reset at the handshake timeout', async (t) => {
  const clock = new ManualClock();
  const { proxy } = await start(t, LISTED, { clock });
  const [wire] = await check(t, proxy);
  clock.advance(10_000);
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), {
    reason: { name: 'handshake_timeout', term: '{handshake_timeout,frame_header}' },
    ended: { by: 'proxy' },
    upstream: null,
  });
});

test('in observe mode a listed source is answered here too, whatever it sends', async (t) => {
  const { proxy, upstream } = await start(t, LISTED, { mode: 'observe' });
  const [wire] = await check(t, proxy);
  wire.rst();
  t.like(await proxy.nextReport(), { healthCheckAnswer: 'local', reason: { name: 'connection_closed_abruptly' } });
  const silent = await dialWire(t, proxy);
  silent.fin();
  await silent.how();
  t.like(await proxy.nextReport(), {
    healthCheck: true,
    healthCheckAnswer: 'local',
    decision: 'none',
    reason: { name: 'connection_closed_with_no_data_received' },
  });
  const other = await dialWire(t, proxy);
  await other.send('HELO\r\n\r\n\r\n');
  t.is(await other.how(), 'rst');
  t.like(await proxy.nextReport(), { decision: 'refuse', reason: { name: 'bad_header' } });
  t.is(upstream.connections, 0);
});

for (const mode of ['guard', 'observe'] as const) {
  test(`${mode}: the word local answers PROXY LOCAL here, and forwards everything else`, async (t) => {
    const { proxy, upstream } = await start(t, 'local', { mode, proxyProtocol: ACCEPT });
    const [wire] = await check(t, proxy, concat(LOCAL, HEADER));
    wire.rst();
    t.like(await proxy.nextReport(), { healthCheck: true, healthCheckAnswer: 'local', upstream: null });
    const silent = await dialWire(t, proxy);
    await silent.send(LOCAL);
    silent.fin();
    await silent.how();
    t.like(await proxy.nextReport(), { healthCheck: true, upstream: null });
    t.is(upstream.connections, 0);
    const app = await dialWire(t, proxy);
    await app.send(HEADER);
    await (await upstream.next()).octets(8);
    app.rst();
    t.like(await proxy.nextReport(), { decision: 'forward', healthCheckAnswer: null });
  });
}

test('the source is the client that a PROXY header names', async (t) => {
  const { proxy, upstream } = await start(t, unlisted, { proxyProtocol: ACCEPT });
  const header = encodeHeader('v2', { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' });
  const [wire] = await check(t, proxy, concat(header, HEADER));
  wire.rst();
  t.like(await proxy.nextReport(), { client: '192.0.2.1:56324', healthCheckAnswer: 'local' });
  t.is(upstream.connections, 0);
});

test('a rule for PROXY LOCAL forwards the clients of the same source', async (t) => {
  const rules: HealthChecksInput = [{ sources: ['127.0.0.1'], answer: 'local', style: 'proxy_local' }];
  const { proxy, upstream } = await start(t, rules, { proxyProtocol: ACCEPT });
  const [wire] = await check(t, proxy, concat(LOCAL, HEADER));
  wire.rst();
  t.is((await proxy.nextReport()).healthCheckAnswer, 'local');
  const app = await dialWire(t, proxy);
  await app.send(HEADER);
  await upstream.next();
  app.rst();
  t.is((await proxy.nextReport()).healthCheckAnswer, null);
});

test('inside TLS a listed source is answered in the same way', async (t) => {
  const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
  const { proxy, upstream } = await start(t, LISTED, { tls });
  const wire = await dialSecured(t, proxy);
  await wire.send(HEADER);
  await wire.octets(100);
  wire.rst();
  t.like(await proxy.nextReport(), {
    healthCheck: true,
    healthCheckAnswer: 'local',
    tls: { terminated: true },
    upstream: null,
  });
  t.is(upstream.connections, 0);
});

test('a stopped proxy ends a connection that it answered', async (t) => {
  const { proxy } = await start(t, LISTED);
  const [wire] = await check(t, proxy);
  proxy.proxy.stopAll('rst');
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), { reason: { name: 'shutdown' } });
});

test('a header and a Close are understood wherever they are split', async (t) => {
  const { proxy } = await start(t, LISTED);
  const wire = await dialWire(t, proxy);
  for (const octet of concat(HEADER, says.close())) await wire.send(Uint8Array.of(octet));
  await wire.octets(80);
  const length = HEADER.length + says.close().length;
  while (proxy.proxy.openConnections()[0]?.octets.received !== length) await new Promise(setImmediate);
  wire.rst();
  t.like(await proxy.nextReport(), { header: { text: 'AMQP....' }, reason: { name: 'handshake_error' } });
});

for (const [dialect, ms] of [
  ['4.0', 0],
  ['4.3.6', 3_000],
] as const) {
  test(`${dialect}: garbage in place of a SASL frame is answered with ${ms} ms of silence and a reset`, async (t) => {
    const clock = new ManualClock();
    const { proxy } = await start(t, LISTED, { clock, dialect });
    const wire = await dialWire(t, proxy);
    await wire.send(SASL_HEADER);
    const { length } = await wire.octets(40);
    await wire.send('garbage1garbage2');
    const isRead = (): boolean => (proxy.proxy.openConnections()[0]?.octets.received ?? 24) === 24;
    while (!isRead()) await new Promise(setImmediate);
    clock.advance(ms);
    t.is(await wire.how(), 'rst');
    t.is(wire.receivedLength, length);
    t.like(await proxy.nextReport(), { durationMs: ms, reason: { name: 'handshake_error' }, ended: { by: 'proxy' } });
  });
}
