import { createSecureContext } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { CountingClock } from '../support/counting-clock.js';
import { kernelSockets, knowsKernelSockets } from '../support/kernel-sockets.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { contextOf, dialTls, pem, type SecureWire, startTlsUpstream } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

/** One action of an end of a TLS connection; `raw` bytes are sent outside TLS. */
type Act =
  | { readonly do: 'send' | 'raw'; readonly octets: Uint8Array }
  | { readonly do: 'notify' | 'close' | 'fin' | 'rst' | 'pause' | 'resume' | 'secured' }
  | { readonly do: 'turns'; readonly count: number };

const octets = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('AMQP\0\0\x09\x01', 'amqp0091', 'AMQP').map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3000 }) },
);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: octets.map((sent): Act => ({ do: 'send', octets: sent })) },
  { weight: 1, arbitrary: octets.map((sent): Act => ({ do: 'raw', octets: sent })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }).map((count): Act => ({ do: 'turns', count })) },
  { weight: 3, arbitrary: fc.constantFrom<Act>({ do: 'secured' }) },
  { weight: 2, arbitrary: fc.constantFrom<Act>({ do: 'notify' }, { do: 'close' }, { do: 'fin' }, { do: 'rst' }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: 'pause' }, { do: 'resume' }) },
);

const connection = fc.record({ client: fc.array(act, { maxLength: 8 }), upstream: fc.array(act, { maxLength: 6 }) });

const SEED = 20_261_125;

/** A clock with short timeouts, because many of these clients wait for a timeout. */
class HastyClock extends CountingClock {
  override start(then: () => void, ms: number) {
    return super.start(then, Math.min(ms, 300));
  }
}

async function play(wire: SecureWire, acts: readonly Act[]): Promise<void> {
  for (const step of acts) {
    if (step.do === 'send') void wire.send(step.octets);
    else if (step.do === 'raw') wire.raw(step.octets);
    else if (step.do === 'turns') for (let at = 0; at < step.count; at++) await new Promise(setImmediate);
    else if (step.do === 'secured') await wire.secured.catch(() => {});
    else void wire[step.do]();
  }
}

async function storm(t: ExecutionContext, count: number, kind: 'tls' | 'upstreamTls' | 'both', options: ProxyOptions) {
  const clock = new HastyClock();
  const scripts = fc.sample(connection, { numRuns: count, seed: SEED });
  const acts = scripts.map(({ upstream }) => upstream);
  let taken = 0;
  const serve = (wire: SecureWire) => {
    taken += 1;
    void play(wire, acts[taken % acts.length] as readonly Act[]).then(() => wire.rst());
  };
  const upstream =
    kind === 'tls'
      ? await startUpstream(
          t,
          (wire) =>
            void wire.octets(8).then(
              () => wire.rst(),
              () => wire.rst(),
            ),
        )
      : await startTlsUpstream(t, {}, serve);
  const proxy = await startProxy(t, upstream, {
    clock,
    ...options,
    ...(kind === 'upstreamTls'
      ? {}
      : { tls: { credentials: { secureContext: contextOf('server') }, requestCert: false } }),
    ...(kind === 'tls'
      ? {}
      : { upstreamTls: { credentials: { secureContext: createSecureContext({ ca: pem('ca') }) }, servername: null } }),
  });
  const waiting = scripts.entries();
  const one = async () => {
    for (const [, { client }] of waiting) {
      if (kind === 'upstreamTls') {
        const wire = await dialWire(t, proxy);
        for (const step of client) {
          if (step.do === 'send' || step.do === 'raw') void wire.send(step.octets);
          else if (step.do === 'turns') for (let at = 0; at < step.count; at++) await new Promise(setImmediate);
          else if (step.do === 'fin' || step.do === 'rst' || step.do === 'pause') wire[step.do]();
        }
        setTimeout(() => wire.destroy(), 400);
        continue;
      }
      const wire = await dialTls(t, proxy);
      setTimeout(() => wire.rst(), 400);
      await play(wire, client);
      // A client that is still connected closes, or waits for the deadline.
      if (client.length % 3 === 0) wire.rst();
      else if (client.length % 3 === 1) wire.fin();
    }
  };
  await Promise.all(Array.from({ length: 20 }, one));
  for (let at = 0; at < count; at++) await proxy.nextReport();
  while (proxy.proxy.connections > 0) await new Promise(setImmediate);
  t.is(new Set(proxy.reports.map(({ id }) => id)).size, count, 'one report for each connection');
  t.is(proxy.reports.length, count);
  for (const report of proxy.reports) {
    const { ended, decision } = report;
    const { clientSent, clientSaw, upstreamSent } = ended;
    const first = { client: clientSent, upstream: upstreamSent, proxy: clientSaw }[ended.by];
    t.not(first, null, JSON.stringify(report));
    if (decision === 'none' || decision === 'refuse') t.is(report.upstream, null);
  }
  t.is(clock.timers, 0, 'no timer is left');
  if (knowsKernelSockets) {
    const left = () => kernelSockets(proxy.port) + kernelSockets(upstream.port);
    t.true(await until(() => left() === 0, 5_000), 'no socket is left');
  }
  const names = new Set(proxy.reports.map(({ reason }) => reason.name));
  t.true(names.size > 2, [...names].join());
}

test.serial('300 connections of all kinds with TLS clients give 300 reports and leave nothing behind', (t) =>
  storm(t, 300, 'tls', {}),
);
test.serial('the same with close: fin', (t) => storm(t, 200, 'tls', { close: 'fin' }));
test.serial('the same with TLS to the upstream', (t) => storm(t, 300, 'upstreamTls', {}));
test.serial('the same with TLS on both sides', (t) => storm(t, 300, 'both', {}));
test.serial('the same in observe mode', (t) => storm(t, 300, 'both', { mode: 'observe' }));
