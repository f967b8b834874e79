import test from 'ava';
import { startHangingServer } from '../support/hanging-server.js';
import { ManualClock } from '../support/manual-clock.js';
import { startProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { deadPort } from '../support/server.js';
import { dialWire } from '../support/wire.js';

test('when the upstream refuses connects, the client is reset, and the proxy keeps running', async (t) => {
  const port = await deadPort();
  const proxy = await startProxy(t, { host: '127.0.0.1', port });
  for (let at = 0; at < 3; at++) {
    const client = await dialWire(t, proxy);
    await client.send(HEADER);
    t.is(await client.how(), 'rst');
    t.is(client.receivedLength, 0);
    t.like(await proxy.nextReport(), {
      upstream: `127.0.0.1:${port}`,
      decision: 'forward',
      reason: {
        name: 'upstream_unreachable',
        term: 'upstream_unreachable',
        severity: 'error',
        inferred: false,
        sentence: `The broker at 127.0.0.1:${port} could not be reached (ECONNREFUSED), and the client was reset.`,
      },
      ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
      octets: { received: 8, sent: 0 },
      timing: { upstreamConnectMs: null },
    });
  }
});

test('in mode observe the client receives a FIN instead, as with Toxiproxy', async (t) => {
  const proxy = await startProxy(t, { host: '127.0.0.1', port: await deadPort() }, { mode: 'observe' });
  const client = await dialWire(t, proxy);
  await client.send('sent before the dial');
  t.is(await client.how(), 'fin');
  const { ended, reason } = await proxy.nextReport();
  t.like(ended, { by: 'proxy', clientSaw: 'fin', upstreamSaw: null });
  t.regex(reason.sentence, /could not be reached \(ECONNREFUSED\), and the client was closed\.$/);
});

test('an upstream with an unknown host name is unreachable', async (t) => {
  const proxy = await startProxy(t, { host: 'no-such-host.invalid', port: 5672 });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  t.regex(
    (await proxy.nextReport()).reason.sentence,
    /^The broker at no-such-host\.invalid:5672 could not be reached because (the host name no-such-host\.invalid is unknown \(ENOTFOUND\)|DNS gave no answer for the host name no-such-host\.invalid \(EAI_AGAIN\)), and the client was reset\.$/,
  );
});

test('the dial to an upstream that does not answer is aborted at the connect timeout', async (t) => {
  const clock = new ManualClock();
  const proxy = await startProxy(t, await startHangingServer(t), { clock, connectTimeout: 3_000 });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  // The first timer is the header's deadline, the second the connect timeout.
  while (clock.started < 2) await new Promise(setImmediate);
  clock.advance(3_000);
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), {
    durationMs: 3_000,
    reason: { name: 'upstream_unreachable' },
    ended: { by: 'proxy', clientSent: null, clientSaw: 'rst', upstreamSent: null, upstreamSaw: null },
  });
});

test('a client that leaves aborts a pending dial', async (t) => {
  const clock = new ManualClock();
  const proxy = await startProxy(t, await startHangingServer(t), { clock });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  while (clock.started < 2) await new Promise(setImmediate);
  client.rst();
  t.like(await proxy.nextReport(), {
    reason: { name: 'connection_closed_abruptly' },
    ended: { by: 'client', clientSent: 'rst', clientSaw: null },
  });
  t.is(proxy.proxy.connections, 0);
});
