import test, { type ExecutionContext } from 'ava';
import type { HealthChecksInput } from '../../lib/health-check/health-checks.js';
import { parseHealthChecks } from '../../lib/health-check/read-health-checks.js';
import { Sources } from '../../lib/health-check/sources.js';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import type { Report } from '../../lib/report/report.js';
import { A31, A91, concat, httpGet, broker as says } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured } from '../support/secure-wire.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const LOCAL = encodeHeader('v2', null);
const ACCEPT = { accept: 'accept', send: 'off', trustedSources: ['127.0.0.0/8'] } as const;

type Failing = { readonly proxy: TestProxy; readonly upstream: Upstream };

async function start(
  t: ExecutionContext,
  healthChecks: HealthChecksInput,
  options: ProxyOptions = {},
): Promise<Failing> {
  const upstream = await startUpstream(t);
  return {
    upstream,
    proxy: await startProxy(t, upstream, { healthChecks: parseHealthChecks(healthChecks), ...options }),
  };
}

const rule = (more: object): HealthChecksInput => [{ sources: ['127.0.0.1'], answer: 'fail', ...more }];

for (const mode of ['guard', 'observe'] as const) {
  test(`${mode}: a listed source is reset at accept`, async (t) => {
    const { proxy, upstream } = await start(t, rule({}), { mode });
    const wire = await dialWire(t, proxy);
    t.is(await wire.how(), 'rst');
    t.is(wire.receivedLength, 0);
    const report = await proxy.nextReport();
    t.like(report, {
      decision: 'refuse',
      stage: 'header',
      upstream: null,
      healthCheck: true,
      healthCheckAnswer: 'fail',
      fault: null,
      reason: { name: 'health_check_failed', term: 'health_check_failed', severity: 'info', loggedAs: 'info' },
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst' },
    });
    t.is(
      report.reason.sentence,
      'The proxy made this health check fail on purpose, because of healthChecks: it reset the connection.',
    );
    t.is(upstream.connections, 0);
  });

  test(`${mode}: a listed source that is to fail in silence gets nothing until the handshake timeout`, async (t) => {
    const clock = new ManualClock();
    const { proxy, upstream } = await start(t, rule({ failWith: 'silence' }), { clock, mode });
    const wire = await dialWire(t, proxy);
    await wire.send(HEADER);
    while (proxy.proxy.openConnections()[0]?.octets.received !== 8) await new Promise(setImmediate);
    clock.advance(9_999);
    t.is(proxy.proxy.connections, 1);
    clock.advance(1);
    t.is(await wire.how(), 'rst');
    t.is(wire.receivedLength, 0);
    const report = await proxy.nextReport();
    t.like(report, {
      decision: 'refuse',
      healthCheckAnswer: 'fail',
      reason: { name: 'health_check_failed' },
      header: { text: 'AMQP....' },
      ended: { by: 'proxy', clientSaw: 'rst' },
    });
    t.regex(report.reason.sentence, /it sent nothing for 10 s\.$/);
    t.is(proxy.accepting.length, 1);
    t.is(upstream.connections, 0);
  });

  test(`${mode}: a listed source that is to be refused gets the answer to a bad header`, async (t) => {
    const { proxy, upstream } = await start(t, rule({ failWith: 'refuse' }), { mode });
    const wire = await dialWire(t, proxy);
    await wire.send(HEADER);
    t.is(await wire.how(), 'rst');
    t.is(wire.received.toString('hex'), A91);
    t.like(await proxy.nextReport(), {
      decision: 'refuse',
      healthCheckAnswer: 'fail',
      reason: { name: 'health_check_failed' },
      header: { text: 'AMQP....' },
      octets: { received: 8, sent: 8 },
    });
    t.is(upstream.connections, 0);
  });
}

test('a client that gives up in the silence is reported as the one that ended the connection', async (t) => {
  const { proxy } = await start(t, rule({ failWith: 'silence' }));
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  wire.fin();
  t.is(await wire.how(), 'rst');
  const report = await proxy.nextReport();
  t.like(report, {
    reason: { name: 'health_check_failed' },
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst' },
  });
  t.regex(report.reason.sentence, /it sent nothing until the client closed the connection\.$/);
});

test('a refusal has the octets and the close of the dialect', async (t) => {
  const { proxy } = await start(t, rule({ failWith: 'refuse' }), { dialect: '4.1', close: 'fin' });
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  t.is(await wire.how(), 'fin');
  t.is(wire.received.toString('hex'), A31);
});

test('only connections of the named style fail', async (t) => {
  const { proxy, upstream } = await start(t, rule({ style: 'header_only' }));
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), { healthCheckAnswer: 'fail', header: { text: 'AMQP....' } });
  const other = await dialWire(t, proxy);
  await other.send('amqp0091');
  await other.octets(8);
  t.like(await proxy.nextReport(), { healthCheckAnswer: null, reason: { name: 'bad_header' } });
  const silent = await dialWire(t, proxy);
  silent.fin();
  await silent.how();
  t.like(await proxy.nextReport(), { healthCheckAnswer: null, healthCheck: true });
  t.is(upstream.connections, 0);
});

for (const [style, octets] of [
  ['http', httpGet('/health')],
  ['tls_hello', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1)],
  ['text', 'HELO\r\n\r\n\r\n'],
  ['other', 'SSH-2.0-OpenSSH'],
] as const) {
  test(`a check of the style ${style} can fail without the answer of RabbitMQ`, async (t) => {
    const clock = new ManualClock();
    const { proxy } = await start(t, rule({ style, failWith: 'silence' }), { clock });
    const wire = await dialWire(t, proxy);
    await wire.send(octets);
    while (clock.timers === 0 || proxy.accepting.length === 0) await new Promise(setImmediate);
    clock.advance(10_000);
    t.is(await wire.how(), 'rst');
    t.is(wire.receivedLength, 0);
    t.like(await proxy.nextReport(), { healthCheckAnswer: 'fail', reason: { name: 'health_check_failed' } });
    const good = await dialWire(t, proxy);
    await good.send(HEADER);
    good.rst();
    t.is((await proxy.nextReport()).healthCheckAnswer, null);
  });
}

test('the word fail makes PROXY LOCAL fail, and forwards the balancer’s clients', async (t) => {
  const { proxy, upstream } = await start(t, 'fail', { proxyProtocol: ACCEPT });
  const wire = await dialWire(t, proxy);
  await wire.send(concat(LOCAL, HEADER));
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), { healthCheckAnswer: 'fail', reason: { name: 'health_check_failed' } });
  const app = await dialWire(t, proxy);
  await app.send(HEADER);
  await (await upstream.next()).octets(8);
  app.rst();
  t.like(await proxy.nextReport(), { decision: 'forward', healthCheckAnswer: null });
});

test('inside TLS a refusal follows the TLS handshake, and a reset precedes it', async (t) => {
  const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };
  const refusing = await start(t, rule({ failWith: 'refuse' }), { tls });
  const wire = await dialSecured(t, refusing.proxy);
  await wire.send(HEADER);
  t.is((await wire.octets(8)).toString('hex'), A91);
  t.like(await refusing.proxy.nextReport(), { healthCheckAnswer: 'fail', tls: { terminated: true } });
  const resetting = await start(t, rule({}), { tls });
  const below = await dialWire(t, resetting.proxy);
  t.is(await below.how(), 'rst');
  t.like(await resetting.proxy.nextReport(), { healthCheckAnswer: 'fail', tls: null });
});

test('a stopped proxy ends a silent connection', async (t) => {
  const { proxy } = await start(t, rule({ failWith: 'silence' }));
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  while (proxy.accepting.length === 0) await new Promise(setImmediate);
  proxy.proxy.stopAll('rst');
  t.is(await wire.how(), 'rst');
  t.like(await proxy.nextReport(), { reason: { name: 'shutdown' } });
});

test('the word fail makes the checks of a recognized source fail, for as long as it is set', async (t) => {
  const clock = new ManualClock();
  const sources = new Sources(10);
  const { proxy, upstream } = await start(t, 'fail', { clock, sources });
  const check = async (): Promise<Report> => {
    clock.advance(5_000);
    const wire = await dialWire(t, proxy);
    await wire.send(HEADER);
    if (!sources.recognizes('amqp', '127.0.0.1')) {
      const broker = await upstream.next();
      await broker.octets(8);
      await broker.send(says.start());
      await wire.octets(says.start().length);
      wire.rst();
    } else t.is(await wire.how(), 'rst');
    return proxy.nextReport();
  };
  let count = 0;
  while (!sources.recognizes('amqp', '127.0.0.1')) {
    t.like(await check(), { healthCheckStyle: 'header_only', healthCheckAnswer: null });
    count += 1;
    t.true(count < 20);
  }
  for (let at = 0; at < 20; at++) {
    t.like(await check(), { healthCheck: true, healthCheckAnswer: 'fail', reason: { name: 'health_check_failed' } });
  }
  t.is(upstream.connections, count);
  proxy.proxy.reconfigure({ ...proxy.settings, healthChecks: 'forward' });
  const wire = await dialWire(t, proxy);
  await wire.send(HEADER);
  await (await upstream.next()).octets(8);
  wire.rst();
  t.like(await proxy.nextReport(), { healthCheckAnswer: null });
});
