import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { CountingClock } from '../support/counting-clock.js';
import { kernelSockets, knowsKernelSockets } from '../support/kernel-sockets.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire, type Wire } from '../support/wire.js';
import { within } from '../support/within.js';

/** One action of an end of a connection. */
type Act =
  | { readonly do: 'send'; readonly octets: Uint8Array }
  | { readonly do: 'fin' | 'rst' | 'destroy' | 'pause' | 'resume' }
  | { readonly do: 'turns'; readonly count: number };

const HEADERS = [
  'AMQP\0\0\x09\x01',
  'AMQP\x01\x01\0\x09',
  'AMQP\x03\x01\0\0',
  'AMQP0091',
  'amqp0091',
  'AMQP\x02\x01\0\0',
];

const octets = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HEADERS).map((text) => Buffer.from(text, 'latin1')) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1000, maxLength: 5000, size: 'max' }) },
);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: octets.map((sent): Act => ({ do: 'send', octets: sent })) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 4 }).map((count): Act => ({ do: 'turns', count })) },
  { weight: 2, arbitrary: fc.constantFrom<Act>({ do: 'fin' }, { do: 'rst' }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ do: 'destroy' }, { do: 'pause' }, { do: 'resume' }) },
);

/** The client's actions, and the upstream's reactions. */
const connection = fc.record({
  client: fc.array(act, { maxLength: 8 }),
  upstream: fc.array(act, { maxLength: 6 }),
});

const SEED = 20_261_123;

async function play(wire: Wire, acts: readonly Act[]): Promise<void> {
  for (const step of acts) {
    switch (step.do) {
      case 'send':
        void wire.send(step.octets);
        break;
      case 'turns':
        for (let at = 0; at < step.count; at++) await new Promise(setImmediate);
        break;
      default:
        wire[step.do]();
    }
  }
}

async function storm(t: ExecutionContext, count: number, options: ProxyOptions, together: number): Promise<void> {
  const clock = new CountingClock();
  const scripts = fc.sample(connection, { numRuns: count, seed: SEED });
  const acts: (readonly Act[])[] = scripts.map(({ upstream }) => upstream);
  const upstream = await startUpstream(t, (wire) => {
    void play(wire, acts[upstream.connections % acts.length] as readonly Act[]).then(() => wire.destroy());
  });
  const proxy = await startProxy(t, upstream, { handshakeTimeout: 300, clock, ...options });
  const waiting = scripts.entries();
  const one = async () => {
    for (const [, { client }] of waiting) {
      const wire = await dialWire(t, proxy);
      await play(wire, client);
      // A client that is still connected closes, or waits for the deadline.
      if (client.length % 2 === 0) wire.destroy();
      else wire.fin();
      wire.resume();
      await within(wire.gone, () => `the end of ${wire.address}: ${JSON.stringify(client)}`);
    }
  };
  await Promise.all(Array.from({ length: together }, one));
  for (let at = 0; at < count; at++) await proxy.nextReport();
  while (proxy.proxy.connections > 0) await new Promise(setImmediate);
  const ids = proxy.reports.map(({ id }) => id);
  t.is(ids.length, count);
  t.is(new Set(ids).size, count, 'one report for each connection');
  for (const report of proxy.reports) {
    const { ended, reason, decision, octets: counted } = report;
    const { clientSent, clientSaw, upstreamSent } = ended;
    const first = { client: clientSent, upstream: upstreamSent, proxy: clientSaw }[ended.by];
    t.not(first, null, JSON.stringify(report));
    if (decision === 'none' || decision === 'refuse') t.is(report.upstream, null);
    t.true(reason.sentence.length > 0 && counted.received >= 0);
  }
  t.is(clock.timers, 0, 'no timer is left');
  if (knowsKernelSockets) {
    const left = () => kernelSockets(proxy.port) + kernelSockets(upstream.port);
    t.true(await until(() => left() === 0, 5_000), 'no socket is left');
  }
  // The proxy still works.
  const last = await dialWire(t, proxy);
  await last.send('amqp0091');
  if (options.mode !== 'observe') t.is(await last.how(), options.close ?? 'rst');
}

test.serial('500 connections of all kinds give 500 reports and leave nothing behind', (t) => storm(t, 500, {}, 20));

test.serial('the same, one connection at a time', (t) => storm(t, 200, { handshakeTimeout: 20 }, 1));

test.serial('the same with close: fin', (t) => storm(t, 300, { close: 'fin' }, 20));

test.serial('the same in observe mode', (t) => storm(t, 300, { mode: 'observe' }, 20));

test.serial('a proxy that is stopped under load resets the open connections and reports them', async (t) => {
  const scripts = fc.sample(connection, { numRuns: 100, seed: SEED });
  for (let round = 0; round < 10; round++) {
    const upstream = await startUpstream(t);
    const proxy = await startProxy(t, upstream, { mode: round % 2 === 0 ? 'guard' : 'observe' });
    const wires = await Promise.all(scripts.slice(round * 10, round * 10 + 10).map(() => dialWire(t, proxy)));
    while (proxy.proxy.connections < wires.length) await new Promise(setImmediate);
    for (const [at, wire] of wires.entries()) void play(wire, scripts[round * 10 + at]?.client ?? []);
    for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
    await within(proxy.proxy.close(0), () => `the end of the proxy; open connections: ${proxy.proxy.connections}`);
    t.is(proxy.reports.length, wires.length);
    t.is(proxy.proxy.connections, 0);
  }
});
