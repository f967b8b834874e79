import { AMQPClient } from '@cloudamqp/amqp-client';
import test from 'ava';
import { client as asks, concat, hex } from '../support/bytes.js';
import { startProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

const CHANNEL_OPEN = hex('01 0001 00000005 0014000a 00 ce');
const CHANNEL_OPEN_OK = Buffer.from('0014000b', 'hex');

const open = async (port: number) => {
  const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
  client.onerror = () => {};
  const connection = await client.connect();
  await connection.channel();
  return { client, connection };
};

for (const how of ['fin', 'rst'] as const) {
  test(`a client that exits with a ${how.toUpperCase()} is reported and logged as an abrupt close`, async (t) => {
    const { port, log } = sharedRabbitmq();
    const proxy = await startProxy(t, { host: '127.0.0.1', port });
    const mark = log.mark();
    const { client } = await open(proxy.port);
    if (how === 'fin') client.socket?.destroy();
    else client.socket?.resetAndDestroy();
    t.like(await proxy.nextReport(), {
      decision: 'forward',
      stage: 'running',
      reason: {
        name: 'connection_closed_abruptly',
        term: 'client unexpectedly closed TCP connection',
        severity: 'warning',
      },
      ended: { by: 'client', clientSent: how, upstreamSaw: how },
      handshake: { user: 'guest', vhost: '/' },
    });
    await t.notThrowsAsync(mark.waitFor(/client unexpectedly closed TCP connection/));
  });
}

test('a good header with a FIN is forwarded, and the broker’s reset is relayed as a reset', async (t) => {
  const { port } = sharedRabbitmq();
  const proxy = await startProxy(t, { host: '127.0.0.1', port });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  await client.octets(100);
  client.fin();
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), {
    stage: 'starting',
    reason: { name: 'connection_closed_abruptly' },
    healthCheck: true,
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: 'fin' },
  });
});

/** A broker that only these specs use. */
let own: RabbitMQ;
test.before(async () => {
  own = await startRabbitmq();
});
test.after.always(() => own?.stop());

test.serial(
  'a Close and a FIN together are reported as the broker logs them: clean if it sent Close-Ok, otherwise abrupt',
  async (t) => {
    const { port, log } = own;
    const proxy = await startProxy(t, { host: '127.0.0.1', port });
    for (let tries = 0; tries < 20; tries++) {
      const mark = log.mark();
      const client = await dialWire(t, proxy);
      const opening = concat(HEADER, asks.startOk(), asks.tuneOk(), asks.open(), CHANNEL_OPEN);
      await client.send(opening);
      await client.until((received) => received.includes(CHANNEL_OPEN_OK));
      void client.send(asks.close());
      client.fin();
      const { reason, stage } = await proxy.nextReport();
      const isClean = stage === 'closed';
      t.is(reason.name, isClean ? 'connection_closed' : 'connection_closed_abruptly');
      await mark.waitFor(/closing AMQP connection/);
      if (!isClean) await mark.waitFor(/client unexpectedly closed TCP connection/);
      t.is(/client unexpectedly closed TCP connection/.test(await mark.text()), !isClean);
    }
  },
);

test.serial(
  'the broker is not dialed for refused connections, health checks, and clients that have left',
  async (t) => {
    const proxy = await startProxy(t, { host: '127.0.0.1', port: own.port }, { handshakeTimeout: 200 });
    const mark = own.log.mark();
    for (const octets of ['', 'A', 'AMQP', 'amqp0091', 'AMQP0091', 'GET / HTTP/1.1\r\n\r\n', 'AMQP\0\0\x09\x00']) {
      for (const how of ['fin', 'rst', 'stay'] as const) {
        const client = await dialWire(t, proxy);
        if (octets !== '') await client.send(octets);
        if (how === 'fin') client.fin();
        if (how === 'rst') client.rst();
        t.is((await proxy.nextReport()).upstream, null);
      }
    }
    // The next entry in the log is that of a forwarded connection, with nothing before it.
    const { connection } = await open(proxy.port);
    await connection.close();
    await mark.waitFor(/closing AMQP connection/);
    t.is((await mark.text()).match(/accepting AMQP connection/g)?.length, 1);
  },
);

test.serial('a good login that a stopped broker does not answer is not reported as refused', async (t) => {
  const proxy = await startProxy(t, { host: '127.0.0.1', port: own.port }, { handshakeTimeout: 2_000 });
  const pid = Number((await own.ctl('eval', 'list_to_integer(os:getpid()).')).trim());
  const mark = own.log.mark();
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  await client.octets(100);
  process.kill(pid, 'SIGSTOP');
  try {
    await client.send(asks.startOk());
    t.is(await client.how(), 'rst');
    t.like(await proxy.nextReport(), {
      reason: { name: 'handshake_timeout', term: '{handshake_timeout,frame_header}' },
    });
    t.deepEqual(proxy.errors, []);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await mark.waitFor(/closing AMQP connection/);
  t.notRegex(await mark.text(), /login refused/);
});

test.serial(
  'when the broker is killed, its connections are reported, it is unreachable, and it is dialed again after a restart',
  async (t) => {
    const { port } = own;
    const proxy = await startProxy(t, { host: '127.0.0.1', port });
    const { client } = await open(proxy.port);
    await own.kill();
    t.like(await proxy.nextReport(), {
      decision: 'forward',
      stage: 'running',
      reason: { name: 'upstream_closed', severity: 'warning' },
      ended: { by: 'upstream' },
    });
    t.true(await until(() => client.socket === undefined || client.socket.destroyed, 5_000), 'the client noticed');
    const early = await dialWire(t, proxy);
    await early.send(HEADER);
    t.is(await early.how(), 'rst');
    t.is((await proxy.nextReport()).reason.name, 'upstream_unreachable');
    await own.stop();
    const second = await startRabbitmq({ port });
    t.teardown(second.stop);
    const { connection } = await open(proxy.port);
    await connection.close();
    t.is((await proxy.nextReport()).reason.name, 'connection_closed');
  },
);
