import test from 'ava';
import { type Clock, systemClock } from '../../lib/clock.js';
import { startFaulty } from '../support/faults.js';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy } from '../support/proxy.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { startTlsUpstream } from '../support/secure-wire.js';
import { startServer } from '../support/server.js';
import { trusting } from '../support/trusting.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire, resetSocket } from '../support/wire.js';

const TIMES = 20;
const CONNECT_TIMEOUT = 4_321;

/**
 * A clock that calls `dialed` when the proxy starts a dial. The kernel completes the dial later in the same turn, and Node
 * notices in a later one.
 */
function noticing(clock: Clock, dialed: () => void): Clock {
  return {
    wall: () => clock.wall(),
    ticks: () => clock.ticks(),
    stop: (timer) => clock.stop(timer),
    start: (then, ms) => {
      if (ms === CONNECT_TIMEOUT) dialed();
      return clock.start(then, ms);
    },
  };
}

for (const { mode, what, octets } of [
  { mode: 'observe', what: 'without bytes', octets: '' },
  { mode: 'observe', what: 'after bytes', octets: 'bytes' },
  { mode: 'guard', what: 'after its header', octets: HEADER },
] as const) {
  test(`mode ${mode}: a client that resets ${what}, before its dial is noticed, resets the upstream, ${TIMES} times out of ${TIMES}`, async (t) => {
    let dialed = (): void => {};
    const clock = noticing(systemClock, () => dialed());
    const { proxy, upstream } = await startRelaying(t, { mode, clock, connectTimeout: CONNECT_TIMEOUT });
    for (let at = 0; at < TIMES; at++) {
      const isDialed = new Promise<void>((resolve) => {
        dialed = resolve;
      });
      const client = await dialWire(t, proxy);
      if (octets.length > 0) await client.send(octets);
      // Not earlier: the dial, in the same turn, must come before the reset.
      void isDialed.then(() => process.nextTick(() => client.rst()));
      const broker = await upstream.next();
      t.is(await broker.how(), 'rst');
      t.like((await proxy.nextReport()).ended, { by: 'client', clientSent: 'rst', upstreamSaw: 'rst' });
    }
  });
}

for (const mode of ['observe', 'guard'] as const) {
  test(`mode ${mode}: an upstream that resets before its dial is noticed resets the client, ${TIMES} times out of ${TIMES}`, async (t) => {
    const upstream = await startServer(t, (socket) => resetSocket(socket));
    const proxy = await startProxy(t, upstream, { mode });
    for (let at = 0; at < TIMES; at++) {
      const client = await dialWire(t, proxy);
      await client.send(HEADER);
      t.is(await client.how(), 'rst');
      t.like(await proxy.nextReport(), {
        reason: { name: 'upstream_closed' },
        ended: { by: 'upstream', clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: null },
      });
    }
  });

  test(`mode ${mode}: an upstream that resets during its TLS handshake resets the client`, async (t) => {
    const upstream = await startUpstream(t, (wire) => wire.rst());
    const proxy = await startProxy(t, upstream, { mode, upstreamTls: trusting() });
    for (let at = 0; at < TIMES; at++) {
      const client = await dialWire(t, proxy);
      await client.send(HEADER);
      t.is(await client.how(), 'rst');
      const { ended, reason } = await proxy.nextReport();
      t.is(reason.name, 'upstream_unreachable');
      t.like(ended, { clientSaw: 'rst', upstreamSent: 'rst' });
    }
  });
}

for (const stream of ['upstream', 'downstream'] as const) {
  test(`reset_peer with timeout 0 on the ${stream} stream resets both sides, ${TIMES} times out of ${TIMES}`, async (t) => {
    const manual = new ManualClock();
    // The fault is due before the dial is noticed.
    const clock = noticing(manual, () => process.nextTick(() => manual.advance(0)));
    const options: ProxyOptions = { mode: 'observe', clock, connectTimeout: CONNECT_TIMEOUT };
    const { proxy, upstream } = await startFaulty(t, [{ type: 'reset_peer', stream }], options);
    for (let at = 0; at < TIMES; at++) {
      const client = await dialWire(t, proxy);
      const broker = await upstream.next();
      t.is(await client.how(), 'rst');
      t.is(await broker.how(), 'rst');
      t.like((await proxy.nextReport()).ended, { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' });
    }
  });
}

test('a client that resets while the upstream’s TLS handshake is not complete resets the upstream', async (t) => {
  const upstream = await startTlsUpstream(t);
  let dialed = (): void => {};
  const clock = noticing(systemClock, () => dialed());
  const options = { mode: 'observe', clock, connectTimeout: CONNECT_TIMEOUT, upstreamTls: trusting() } as const;
  const proxy = await startProxy(t, upstream, options);
  for (let at = 0; at < TIMES; at++) {
    const isDialed = new Promise<void>((resolve) => {
      dialed = resolve;
    });
    const client = await dialWire(t, proxy);
    void isDialed.then(() => process.nextTick(() => client.rst()));
    const broker = await upstream.next();
    t.is((await broker.how()).close, 'rst');
    t.like((await proxy.nextReport()).ended, { by: 'client', clientSent: 'rst', upstreamSaw: 'rst' });
  }
});
