import { spawnSync } from 'node:child_process';
import test from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { concat, broker as says } from '../support/bytes.js';
import { kernelSockets, knowsKernelSockets } from '../support/kernel-sockets.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { dialWire, type Wire } from '../support/wire.js';

const TIMES = 200;

/**
 * Sends the bytes and resets, and blocks until the kernel has delivered the reset, which takes time on a busy machine: the
 * proxy runs in this process.
 */
function sendAndReset(client: Wire, octets: Uint8Array): void {
  const port = Number(client.address.slice(client.address.lastIndexOf(':') + 1));
  void client.send(octets);
  client.rst();
  const deadline = performance.now() + 1_000;
  while (knowsKernelSockets && kernelSockets(port) > 0 && performance.now() < deadline);
}

test.serial(
  `a good header directly followed by a reset never reaches the upstream, ${TIMES} times out of ${TIMES}`,
  async (t) => {
    const { proxy, upstream } = await startRelaying(t);
    for (let at = 0; at < TIMES; at++) {
      const client = await dialWire(t, proxy);
      while (proxy.proxy.connections === 0) await new Promise(setImmediate);
      void client.send(HEADER);
      client.rst();
      t.like(await proxy.nextReport(), {
        client: client.address,
        upstream: null,
        decision: 'none',
        stage: 'starting',
        reason: { name: 'connection_closed_abruptly' },
        healthCheck: true,
        header: { hex: '414d515000000901' },
        ended: { by: 'client', clientSent: 'rst', clientSaw: null },
        octets: { received: 8, sent: 0 },
      });
    }
    t.is(upstream.connections, 0);
  },
);

test.serial(`the same in two parts, ${TIMES} times out of ${TIMES}`, async (t) => {
  const { proxy, upstream } = await startRelaying(t);
  for (let at = 0; at < TIMES; at++) {
    const client = await dialWire(t, proxy);
    await client.send(HEADER.subarray(0, 4));
    while (proxy.accepting.length === at) await new Promise(setImmediate);
    sendAndReset(client, HEADER.subarray(4));
    t.like(await proxy.nextReport(), { upstream: null, ended: { by: 'client', clientSent: 'rst' } });
  }
  t.is(upstream.connections, 0);
});

test.serial(`the same after a PROXY header, ${TIMES} times out of ${TIMES}`, async (t) => {
  const { proxy, upstream } = await startRelaying(t, {
    proxyProtocol: { accept: 'require', send: 'v2', trustedSources: ['127.0.0.1'] },
  });
  const header = encodeHeader('v2', { source: '192.0.2.1:1', destination: '192.0.2.2:5672' });
  for (let at = 0; at < TIMES; at++) {
    const client = await dialWire(t, proxy);
    while (proxy.proxy.connections === 0) await new Promise(setImmediate);
    sendAndReset(client, concat(header, HEADER));
    t.like(await proxy.nextReport(), {
      client: '192.0.2.1:1',
      upstream: null,
      decision: 'none',
      ended: { by: 'client', clientSent: 'rst' },
      octets: { received: 8, sent: 0 },
    });
  }
  t.is(upstream.connections, 0);
});

/** Connects and resets repeatedly. */
const PROGRAM = `
  const [port, times] = process.argv.slice(1).map(Number);
  const again = (at) => {
    if (at === times) return;
    const socket = require('node:net').connect(port, '127.0.0.1', () => {
      if (at % 2 === 0) socket.write('AMQP\\0\\0\\t\\x01');
      socket.resetAndDestroy();
      socket.once('close', () => again(at + 1));
    });
  };
  again(0);`;

test.serial(
  `a reset before accept is reported without a client and causes no dial, ${TIMES} times out of ${TIMES}`,
  async (t) => {
    const { proxy, upstream } = await startRelaying(t);
    // While this thread is blocked, the kernel accepts connections and the proxy does not.
    const { status } = spawnSync(process.execPath, ['-e', PROGRAM, `${proxy.port}`, `${TIMES}`], { stdio: 'inherit' });
    t.is(status, 0);
    for (let at = 0; at < TIMES; at++) {
      const report = await proxy.nextReport();
      t.like(report, {
        client: null,
        upstream: null,
        decision: 'none',
        stage: 'header',
        reason: { name: 'connection_closed_with_no_data_received', severity: 'info' },
        healthCheck: true,
        ended: { by: 'client', clientSent: 'rst', clientSaw: null },
        octets: { received: 0, sent: 0 },
      });
      t.regex(report.reason.sentence, /RabbitMQ would not have noticed/);
    }
    t.is(upstream.connections, 0);
    t.deepEqual(proxy.accepting, []);
  },
);

test.serial('a good header directly followed by a FIN is forwarded with the FIN: the broker decides', async (t) => {
  const { proxy, upstream } = await startRelaying(t);
  const client = await dialWire(t, proxy);
  void client.send(HEADER);
  client.fin();
  const broker = await upstream.next();
  t.is(await broker.how(), 'fin');
  t.deepEqual(broker.received, Buffer.from(HEADER));
  await broker.send(says.start());
  await client.octets(says.start().length);
  broker.rst();
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    stage: 'starting',
    reason: { name: 'connection_closed_abruptly' },
    healthCheck: true,
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: 'fin' },
  });
});
