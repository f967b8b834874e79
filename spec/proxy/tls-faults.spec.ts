import { once } from 'node:events';
import type { ConnectionOptions } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { TLS_MOMENTS } from '../../lib/faults/tls/tls-act.js';
import { broker as says } from '../support/bytes.js';
import { type Faulty, startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import type { ProxyOptions } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls, type SecureWire } from '../support/secure-wire.js';
import { within } from '../support/within.js';

const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const only = (version: (typeof VERSIONS)[number]): ConnectionOptions => ({ minVersion: version, maxVersion: version });

/** Longer than any limit of the proxy, in ms. */
const LONG = 3_600_000;
const START = Buffer.from(says.start());

/** A proxy with `tls` and these faults. */
const start = (t: ExecutionContext, faults: readonly FaultInput[], options: ProxyOptions = {}) =>
  startFaulty(t, faults, { tls: TLS, ...options });

/** Resolves when a fault has acted. */
const acted = async ({ proxy }: Faulty) => void (await within(once(proxy.proxy, 'faultActed'), 'a fault that acts'));

/** How much of the server's answer to the ClientHello a client received. Half of it ends in the middle of a record. */
function flightOf(octets: Buffer): 'nothing' | 'half' | 'whole' {
  if (octets.length === 0) return 'nothing';
  let at = 0;
  while (at + 5 <= octets.length) at += 5 + octets.readUInt16BE(at + 3);
  return at === octets.length ? 'whole' : 'half';
}

/** A client that is connected to the broker: the header went there, and Start came back. */
async function opens(t: ExecutionContext, { upstream }: Faulty, client: SecureWire): Promise<void> {
  await client.send(HEADER);
  const broker = await upstream.next();
  t.deepEqual(await broker.octets(HEADER.length), Buffer.from(HEADER));
  await broker.send(START);
  t.deepEqual(await client.octets(START.length), START);
}

for (const version of VERSIONS) {
  for (const at of TLS_MOMENTS) {
    for (const [type, close, close_notify] of [
      ['tls_reset', 'rst', false],
      ['tls_fin', 'fin', true],
      ['tls_fin', 'fin', false],
    ] as const) {
      const attributes = type === 'tls_fin' ? { at, close_notify } : { at };
      const bare = type === 'tls_fin' && !close_notify ? ' without close_notify' : '';

      test(`${version}: ${type}${bare} at ${at} ends one connection there`, async (t) => {
        const faulty = await start(t, [{ name: 'here', type, attributes, times: 1 } as FaultInput]);
        const client = await dialTls(t, faulty.proxy, only(version));
        t.deepEqual(await client.how(), { notified: at === 'secured' && close_notify, close });
        t.is<string, string>(
          flightOf(client.encrypted),
          { 'client-hello': 'nothing', 'server-flight': 'half', secured: 'whole' }[at],
        );
        client.fin();
        t.like(await faulty.proxy.nextReport(), {
          decision: 'fault',
          reason: { name: 'fault', severity: 'info' },
          stage: 'header',
          upstream: null,
          fault: { name: 'here', type, at },
          ended: { by: 'proxy', clientSaw: close },
          tls: { servername: 'localhost', terminated: true },
          explained: [`fault "here" (${type}) acts, hit 1 of 1`],
        });
        await opens(t, faulty, await dialSecured(t, faulty.proxy, only(version)));
      });
    }

    for (const then of ['rst', 'fin', 'resume'] as const) {
      test(`${version}: tls_stall at ${at}, then ${then}`, async (t) => {
        const clock = new ManualClock();
        const stall = { type: 'tls_stall', name: 'here', attributes: { at, timeout: LONG, then } } as const;
        const faulty = await start(t, [stall], { clock, handshakeTimeout: 2 * LONG });
        const hit = acted(faulty);
        const client = await dialTls(t, faulty.proxy, only(version));
        await hit;
        // The timeout of the TLS handshake does not run.
        clock.advance(LONG - 1);
        t.is(faulty.proxy.proxy.connections, 1);
        clock.advance(1);
        if (then === 'resume') {
          await within(client.secured, 'a TLS handshake');
          await opens(t, faulty, client);
          return;
        }
        t.deepEqual(await client.how(), { notified: then === 'fin' && at === 'secured', close: then });
        client.fin();
        t.like(await faulty.proxy.nextReport(), {
          decision: 'fault',
          reason: { name: 'fault' },
          fault: { name: 'here', at },
          ended: { by: 'proxy', clientSaw: then },
        });
      });
    }

    test(`${version}: a tls_stall at ${at} that is removed loses nothing`, async (t) => {
      const faulty = await start(t, [{ type: 'tls_stall', name: 'here', attributes: { at, timeout: 0 } }]);
      const hit = acted(faulty);
      const client = await dialTls(t, faulty.proxy, only(version));
      // The client sends its header as soon as it can.
      const sent = client.send(HEADER);
      await hit;
      faulty.faults.list.remove('amqp/here');
      await within(sent, 'the header');
      const broker = await faulty.upstream.next();
      t.deepEqual(await broker.octets(HEADER.length), Buffer.from(HEADER));
      await broker.send(START);
      t.deepEqual(await client.octets(START.length), START);
      client.rst();
      t.like(await faulty.proxy.nextReport(), {
        decision: 'fault',
        fault: { name: 'here', at },
        octets: { received: 8 },
      });
    });
  }
}

for (const change of ['changed', 'switched off'] as const) {
  test(`a tls_stall that is ${change} keeps its client waiting no longer`, async (t) => {
    const faulty = await start(t, [{ type: 'tls_stall', name: 'here', attributes: { timeout: 0 } }]);
    const hit = acted(faulty);
    const client = await dialTls(t, faulty.proxy);
    await hit;
    faulty.faults.list.change(
      'amqp/here',
      change === 'changed' ? { attributes: { timeout: '1h' } } : { enabled: false },
    );
    await t.notThrowsAsync(within(client.secured, 'a TLS handshake'));
  });
}

test('faults act in the order in which they were added, and only if their conditions hold', async (t) => {
  const reset = { type: 'tls_reset', attributes: { at: 'client-hello' } } as const;
  const faulty = await start(t, [
    { ...reset, name: 'elsewhere', when: { source: '10.0.0.0/8' } },
    { ...reset, name: 'never', toxicity: 0 },
    { type: 'tls_stall', name: 'first', attributes: { timeout: 1, then: 'resume' } },
    { type: 'tls_fin', name: 'second', attributes: { at: 'secured' } },
  ]);
  const client = await dialSecured(t, faulty.proxy);
  t.deepEqual(await client.how(), { notified: true, close: 'fin' });
  client.fin();
  const { faults, explained } = await faulty.proxy.nextReport();
  t.deepEqual(
    faults.map(({ name, at }) => [name, at]),
    [
      ['first', 'client-hello'],
      ['second', 'secured'],
    ],
  );
  t.is(explained.length, 4);
  t.is(explained[0], 'fault "elsewhere" (tls_reset) does not act: the source is "127.0.0.1", not "10.0.0.0/8"');
  t.regex(explained[1] ?? '', /^fault "never" \(tls_reset\) does not act: 0\.\d+ was drawn/);
});

test('the same seed chooses the same connections', async (t) => {
  const run = async (): Promise<string[]> => {
    const { proxy } = await start(t, [{ type: 'tls_reset', toxicity: 0.5 }]);
    const decisions: string[] = [];
    for (let nth = 0; nth < 12; nth++) {
      const client = await dialTls(t, proxy);
      await Promise.race([client.secured.catch(() => {}), client.ended]);
      client.rst();
      decisions.push((await proxy.nextReport()).decision);
    }
    return decisions;
  };
  const first = await run();
  t.true(first.includes('fault') && first.includes('none'), first.join());
  t.deepEqual(await run(), first);
});
