import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { notesOf } from '../../lib/faults/attribute.js';
import type { FaultInput } from '../../lib/faults/fault.js';
import type { FaultType } from '../../lib/faults/fault-type.js';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { clientHello, broker as says } from '../support/bytes.js';
import { startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import type { ProxyOptions } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls } from '../support/secure-wire.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const TLS = { credentials: { secureContext: contextOf('server') }, requestCert: false };
const HOUR = 3_600_000;
const START = Buffer.from(says.start());

const start = (t: ExecutionContext, fault: FaultInput, options: ProxyOptions = {}) =>
  startFaulty(t, [{ name: 'here', ...fault }], { tls: TLS, ...options });

test('every fault that can act at accept can do so before TLS', (t) => {
  const types = (FAULT_TYPES as readonly FaultType[]).filter(({ attributes: { at } }) => {
    const moments = at === undefined ? [] : (notesOf(at)['enum'] as readonly string[]);
    return moments.includes('accept');
  });
  t.true(types.length >= 3);
  for (const type of types) t.true(type.acts === 'handshake' && type.actBeforeTls !== undefined, type.name);
});

for (const [type, close] of [
  ['amqp_reset', 'rst'],
  ['amqp_fin', 'fin'],
] as const) {
  for (const delay of [0, HOUR]) {
    test(`${type} at accept, ${delay} ms later, answers no ClientHello`, async (t) => {
      const clock = new ManualClock();
      const { proxy } = await start(t, { type, attributes: { at: 'accept', delay } }, { clock });
      const client = await dialWire(t, proxy);
      if (delay > 0) {
        await client.send(clientHello());
        while ((proxy.proxy.openConnections()[0]?.octets.received ?? 0) < clientHello().length) {
          await new Promise(setImmediate);
        }
        clock.advance(delay);
      }
      t.is(await client.how(), close);
      t.is(client.received.length, 0);
      client.fin();
      t.like(await proxy.nextReport(), {
        decision: 'fault',
        reason: { name: 'fault' },
        fault: { type, at: 'accept' },
        ended: { by: 'proxy', clientSaw: close },
        upstream: null,
      });
    });
  }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const type of ['amqp_stall', 'connect_delay'] as const) {
    test(`${version}: ${type} keeps TLS waiting, and loses nothing when it is removed`, async (t) => {
      const attributes = type === 'amqp_stall' ? { at: 'accept', timeout: 0 } : { delay: HOUR };
      const clock = new ManualClock();
      const faulty = await start(t, { type, attributes } as FaultInput, { clock });
      const { proxy, upstream } = faulty;
      const hit = once(proxy.proxy, 'faultActed');
      const client = await dialTls(t, proxy, { minVersion: version, maxVersion: version });
      const sent = client.send(HEADER);
      await within(hit, 'a fault that acts');
      t.is(client.encrypted.length, 0);
      faulty.faults.list.remove('amqp/here');
      clock.advance(0);
      await within(sent, 'the header');
      const broker = await upstream.next();
      t.deepEqual(await broker.octets(HEADER.length), Buffer.from(HEADER));
      await broker.send(START);
      t.deepEqual(await client.octets(START.length), START);
      t.true(client.encrypted.length > 0);
      client.rst();
      const { faults, explained } = await proxy.nextReport();
      t.deepEqual(
        faults.map(({ name, at }) => [name, at]),
        [['here', 'accept']],
      );
      t.is(explained.length, 1);
    });
  }
}

test('a client that is stalled before TLS may send more than a ClientHello', async (t) => {
  const faulty = await start(t, { type: 'amqp_stall', attributes: { at: 'accept', timeout: 0 } });
  const client = await dialWire(t, faulty.proxy);
  const sent = client.send(new Uint8Array(20_000_000).fill(0x41));
  const received = () => faulty.proxy.proxy.openConnections()[0]?.octets.received ?? 0;
  while (received() < 65_536) await new Promise(setImmediate);
  // It is paused: the rest stays in the kernels of both sides.
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  t.true(received() < 1_000_000, `${received()}`);
  faulty.faults.list.remove('amqp/here');
  t.like(await faulty.proxy.nextReport(), { decision: 'fault', reason: { name: 'bad_header' } });
  await Promise.allSettled([sent]);
});

for (const close_notify of [true, false]) {
  for (const place of ['before', 'after'] as const) {
    test(`amqp_fin with close_notify ${close_notify}, ${place} Start`, async (t) => {
      const attributes = { at: 'start', place, close_notify } as const;
      const { proxy, upstream } = await start(t, { type: 'amqp_fin', attributes });
      const client = await dialSecured(t, proxy);
      await client.send(HEADER);
      const broker = await upstream.next();
      await broker.send(START);
      t.deepEqual(await client.how(), { notified: close_notify, close: 'fin' });
      t.deepEqual(client.received, place === 'after' ? START : Buffer.alloc(0));
      client.fin();
      broker.fin();
      t.like(await proxy.nextReport(), { fault: { type: 'amqp_fin', at: 'start' }, ended: { clientSaw: 'fin' } });
    });
  }
}
