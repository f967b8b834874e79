import { createSecureContext } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import type { FaultInput } from '../../lib/faults/fault.js';
import { parseFault } from '../../lib/faults/parse-fault.js';
import { Faults } from '../../lib/faults/proxy-faults.js';
import { CountingClock } from '../support/counting-clock.js';
import { startFaulty } from '../support/faults.js';
import { startHangingServer } from '../support/hanging-server.js';
import { stuff } from '../support/pour.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, pem, startTlsUpstream } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

type Ways = { readonly client: 'TCP' | 'TLS'; readonly upstream: 'TCP' | 'TLS' };

/** Long enough that only a reset can end a connection. */
const HOUR = 3_600_000;

/** A relayed connection. */
async function relayed(t: ExecutionContext, ways: Ways, options: ProxyOptions = {}) {
  const upstream = ways.upstream === 'TLS' ? await startTlsUpstream(t) : await startUpstream(t);
  const proxy = await startProxy(t, upstream, {
    handshakeTimeout: HOUR,
    ...(ways.client === 'TLS' && {
      tls: { credentials: { secureContext: contextOf('server') }, requestCert: false },
    }),
    ...(ways.upstream === 'TLS' && {
      upstreamTls: { credentials: { secureContext: createSecureContext({ ca: pem('ca') }) }, servername: 'localhost' },
    }),
    ...options,
  });
  const client = ways.client === 'TLS' ? await dialSecured(t, proxy) : await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(HEADER.length);
  return { proxy, client, broker };
}

/** Fills the path from one side to the other, which reads nothing, and resets. */
async function resetUnread(
  t: ExecutionContext,
  from: 'client' | 'upstream',
  { proxy, client, broker }: Awaited<ReturnType<typeof relayed>>,
): Promise<void> {
  const [sender, receiver] = from === 'client' ? [client, broker] : [broker, client];
  receiver.pause();
  await stuff(sender);
  sender.rst();
  await receiver.resetUnread();
  const { ended } = await proxy.nextReport();
  t.like(
    ended,
    from === 'client'
      ? { by: 'client', clientSent: 'rst', upstreamSent: null, upstreamSaw: 'rst' }
      : { by: 'upstream', clientSent: null, clientSaw: 'rst', upstreamSent: 'rst' },
  );
}

for (const from of ['client', 'upstream'] as const) {
  const to = from === 'client' ? 'upstream' : 'client';
  for (const mode of ['guard', 'observe'] as const) {
    for (const client of ['TCP', 'TLS'] as const) {
      for (const upstream of ['TCP', 'TLS'] as const) {
        test.serial(
          `${mode}: a reset from the ${from} reaches the ${to} and the report while the ${to} reads nothing (client: ${client}, upstream: ${upstream})`,
          async (t) => {
            const clock = new CountingClock();
            await resetUnread(t, from, await relayed(t, { client, upstream }, { mode, clock }));
            t.is(clock.timers, 0);
          },
        );
      }
    }
  }

  for (const fault of [
    { type: 'noop' },
    { type: 'latency', attributes: { latency: 20 } },
    { type: 'bandwidth', attributes: { rate: 20_000 } },
    { type: 'slicer', attributes: { average_size: 20_000, size_variation: 5_000, delay: 10 } },
    { type: 'limit_data', attributes: { bytes: 1_000_000_000 } },
    { type: 'slow_close', attributes: { delay: 20 } },
  ] satisfies FaultInput[]) {
    test.serial(
      `a reset from the ${from} reaches the ${to} through ${fault.type} while the ${to} reads nothing`,
      async (t) => {
        const clock = new CountingClock();
        const faults = new Faults({ seed: 1, clock });
        const both = (['upstream', 'downstream'] as const).map((stream) => ({ ...fault, stream, name: stream }));
        faults.list.add(both.map((input) => parseFault(input, { proxy: 'amqp' })));
        await resetUnread(t, from, await relayed(t, { client: 'TCP', upstream: 'TCP' }, { faults, clock }));
        t.is(clock.timers, 0);
      },
    );
  }
}

test.serial('a reset during a connect_delay ends the connection at once', async (t) => {
  const { proxy, upstream } = await startFaulty(t, [{ type: 'connect_delay', attributes: { delay: '1h' } }]);
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  client.rst();
  t.like(await proxy.nextReport(), {
    reason: { name: 'connection_closed_with_no_data_received' },
    ended: { by: 'client', clientSent: 'rst' },
  });
  t.is(upstream.connections, 0);
});

test.serial('a reset ends the connection at once while the upstream is being dialed', async (t) => {
  const target = await startHangingServer(t);
  const proxy = await startProxy(t, target, { mode: 'observe', connectTimeout: HOUR });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  // Its bytes wait for the dial, so it is not read any more.
  while (proxy.accepting.length === 0) await new Promise(setImmediate);
  await client.send('more');
  client.rst();
  t.like(await proxy.nextReport(), { ended: { by: 'client', clientSent: 'rst', upstreamSent: null } });
});

test.serial('a reset ends the connection at once while a fault holds back more bytes than it reads', async (t) => {
  const fault: FaultInput = { type: 'amqp_refuse', attributes: { delay: '1h' } };
  const { proxy } = await startFaulty(t, [fault], { handshakeTimeout: HOUR });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  await stuff(client);
  client.rst();
  t.like(await proxy.nextReport(), { ended: { by: 'client', clientSent: 'rst' } });
});
