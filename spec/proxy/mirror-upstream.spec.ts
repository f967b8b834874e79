import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { ManualClock } from '../support/manual-clock.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { HEADER } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

/** An upstream that can stop and start again on its port. It counts its connections and the octets that they sent. */
async function startStopping(t: ExecutionContext) {
  const seen = { connections: 0, octets: 0 };
  const server: Server = createServer((socket) => {
    seen.connections += 1;
    socket.on('data', (octets) => {
      seen.octets += octets.length;
    });
    socket.on('error', () => {});
    sockets.add(socket);
  });
  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port, seen, stop, start: () => listen(port) };
}

/** A proxy in front of it. */
async function mirrored(t: ExecutionContext, options: ProxyOptions = {}) {
  const upstream = await startStopping(t);
  const clock = new ManualClock();
  const proxy = await startProxy(t, upstream, { mirrorUpstream: true, clock, ...options });
  /** Lets a second pass, after which the next probe is due. Resolves when the state has changed and is in effect. */
  const changes = async (): Promise<unknown> => {
    const event = once(proxy.proxy, 'upstreamState');
    while (clock.timers === 0) await setImmediate();
    clock.advance(1_000);
    const [{ state, code }] = await within(event, 'a change of the upstream');
    await proxy.proxy.settleListener();
    return [state, code];
  };
  return { upstream, clock, proxy, changes };
}

const connects = (t: ExecutionContext, proxy: TestProxy): Promise<boolean> =>
  dialWire(t, proxy).then(
    () => true,
    () => false,
  );

test('the port is refused while the upstream is, and is the same one afterwards', async (t) => {
  const { upstream, proxy, changes } = await mirrored(t);
  t.true(await connects(t, proxy));
  for (let round = 0; round < 2; round++) {
    t.is(proxy.proxy.upstreamState, 'up');
    await upstream.stop();
    t.deepEqual(await changes(), ['down', 'ECONNREFUSED']);
    t.is(proxy.proxy.upstreamState, 'down');
    t.false(await connects(t, proxy));
    await upstream.start();
    t.deepEqual(await changes(), ['up', null]);
    t.true(await connects(t, proxy));
  }
});

test('probes send nothing and are not reported', async (t) => {
  const { upstream, proxy, clock, changes } = await mirrored(t);
  for (let probes = 1; probes < 5; probes++) {
    while (clock.timers === 0 || upstream.seen.connections < probes) await setImmediate();
    clock.advance(1_000);
  }
  t.is(upstream.seen.octets, 0);
  t.is(proxy.reports.length, 0);
  await upstream.stop();
  t.deepEqual(await changes(), ['down', 'ECONNREFUSED']);
});

test('a dial that is refused is noticed before the next probe', async (t) => {
  const { upstream, proxy } = await mirrored(t);
  const client = await dialWire(t, proxy);
  await upstream.stop();
  const changed = once(proxy.proxy, 'upstreamState');
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  await within(changed, 'a change of the upstream');
  await proxy.proxy.settleListener();
  t.false(await connects(t, proxy));
  t.like(await proxy.nextReport(), { reason: { name: 'upstream_unreachable' } });
});

test('an upstream that is down at the start is mirrored from the start, and the port is kept', async (t) => {
  const upstream = await startStopping(t);
  await upstream.stop();
  const clock = new ManualClock();
  const proxy = await startProxy(t, upstream, { mirrorUpstream: true, clock });
  t.false(await connects(t, proxy));
  await upstream.start();
  const up = once(proxy.proxy, 'upstreamState');
  clock.advance(1_000);
  await within(up, 'a change of the upstream');
  await proxy.proxy.settleListener();
  t.true(await connects(t, proxy));
});

test('switched off, it opens the port; switched on, it refuses it', async (t) => {
  const { upstream, proxy, changes } = await mirrored(t);
  await upstream.stop();
  await changes();
  const { proxy: running, settings } = proxy;
  running.reconfigure({ ...settings, mirrorUpstream: false });
  await running.settleListener();
  t.is(running.upstreamState, null);
  t.true(await connects(t, proxy));
  const down = once(running, 'upstreamState');
  running.reconfigure(settings);
  await within(down, 'a change of the upstream');
  await running.settleListener();
  t.false(await connects(t, proxy));
});

test('a proxy that is down stays down when its upstream is up again', async (t) => {
  const { upstream, proxy, changes } = await mirrored(t);
  await proxy.proxy.release();
  await upstream.stop();
  await changes();
  await upstream.start();
  await changes();
  t.false(await connects(t, proxy));
  await proxy.proxy.up();
  t.true(await connects(t, proxy));
});
