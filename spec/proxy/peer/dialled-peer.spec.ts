import test, { type ExecutionContext } from 'ava';
import { type Lookup, lookup } from '../../../lib/proxy/lookup.js';
import { DialledPeer } from '../../../lib/proxy/peer/dialled-peer.js';
import { ascii } from '../../support/bytes.js';
import { startHangingServer } from '../../support/hanging-server.js';
import { deadPort, type Listening } from '../../support/server.js';
import { startUpstream } from '../../support/upstream.js';
import { within } from '../../support/within.js';

/** A dial, and the events that its listener received. */
function dial(t: ExecutionContext, address: Listening, { connectTimeout = 5_000, ask = lookup as Lookup } = {}) {
  const events: string[] = [];
  let over = (): void => {};
  const closed = new Promise<void>((resolve) => {
    over = resolve;
  });
  const peer = new DialledPeer(
    { ...address, connectTimeout, keepAlive: 0, lookup: ask },
    {
      connected: () => void events.push('connected'),
      unreachable: (code) => void events.push(code),
      octets: () => true,
      ended: (how) => void events.push(how),
      drained: () => {},
      closed: () => over(),
    },
  );
  t.teardown(() => peer.abandon());
  return { peer, events, closed: () => within(closed, 'the end of the socket') };
}

test('octets that wait for the dial are sent before its reset', async (t) => {
  const upstream = await startUpstream(t);
  for (let at = 0; at < 20; at++) {
    const { peer, events, closed } = dial(t, upstream);
    peer.write(ascii('first'));
    peer.write(ascii('second'));
    peer.reset();
    const wire = await upstream.next();
    t.is(await wire.how(), 'rst');
    t.is(wire.received.toString(), 'firstsecond');
    await closed();
    t.deepEqual([peer.saw, events], ['rst', ['connected']]);
  }
});

test('octets and a half-close that wait for the dial do not keep its reset from closing the socket', async (t) => {
  const upstream = await startUpstream(t);
  for (let at = 0; at < 20; at++) {
    const { peer, closed } = dial(t, upstream);
    peer.write(ascii('first'));
    peer.finish();
    peer.reset();
    const wire = await upstream.next();
    await wire.how();
    await closed();
    t.is(wire.received.toString(), 'first');
  }
});

test('a dial that is dismissed with a fin before it is noticed ends with a fin', async (t) => {
  const upstream = await startUpstream(t);
  for (let at = 0; at < 20; at++) {
    const { peer, events, closed } = dial(t, upstream);
    peer.dismiss(ascii('bye'), 'fin');
    const wire = await upstream.next();
    t.is(await wire.how(), 'fin');
    t.is(wire.received.toString(), 'bye');
    await closed();
    t.deepEqual([peer.saw, events], ['fin', ['connected']]);
  }
});

for (const close of ['rst', 'fin'] as const) {
  test(`a dial that is not answered is abandoned by a ${close}, and the upstream saw nothing`, async (t) => {
    const { peer, events, closed } = dial(t, await startHangingServer(t));
    peer.dismiss(ascii('bye'), close);
    await closed();
    t.deepEqual([peer.saw, events], [null, []]);
  });

  test(`a dial that is refused after a ${close} is not reported as unreachable`, async (t) => {
    const { peer, events, closed } = dial(t, { host: '127.0.0.1', port: await deadPort() });
    peer.dismiss(ascii('bye'), close);
    await closed();
    t.deepEqual(events, []);
  });
}

test('a half-close that waits for a dial that is refused was never sent', async (t) => {
  const { peer, events, closed } = dial(t, { host: '127.0.0.1', port: await deadPort() });
  peer.finish();
  await closed();
  t.deepEqual([peer.saw, events], [null, ['ECONNREFUSED']]);
});

test('an upstream that resets in the same turn in which it accepts has connected, and then reset', async (t) => {
  const upstream = await startUpstream(t, (wire) => wire.rst());
  for (let at = 0; at < 20; at++) {
    const { peer, events, closed } = dial(t, upstream);
    await closed();
    t.deepEqual([peer.sent, peer.saw, events], ['rst', null, ['connected', 'rst']]);
  }
});

test('an upstream of several addresses that accepts and resets is not unreachable', async (t) => {
  const { port } = await startUpstream(t, (wire) => wire.rst());
  const { events, closed } = dial(t, { host: 'localhost', port });
  await closed();
  t.deepEqual(events, ['connected', 'rst']);
});
