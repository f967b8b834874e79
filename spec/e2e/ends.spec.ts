import { AMQPClient } from '@cloudamqp/amqp-client';
import test from 'ava';
import { startProxy } from '../support/proxy.js';
import { until } from '../support/rabbitmq/until.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { dialWire } from '../support/wire.js';

const open = async (port: number) => {
  const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
  client.onerror = () => {};
  const connection = await client.connect();
  await connection.channel();
  return { client, connection };
};

for (const how of ['fin', 'rst'] as const) {
  test(`a client whose program ended with a ${how.toUpperCase()} is an abrupt close, in the report and in the broker's log`, async (t) => {
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

test('a good header and a FIN is the broker’s to answer, with a reset that is carried on', async (t) => {
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

/** A broker that these specs may do with as they like. */
let own: RabbitMQ;
test.before(async () => {
  own = await startRabbitmq();
});
test.after.always(() => own?.stop());

test.serial(
  'the broker hears nothing of what is refused, of health checks, and of clients that are gone',
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
    // What comes next in the log is a connection that is for it; and nothing was before that.
    const { connection } = await open(proxy.port);
    await connection.close();
    await mark.waitFor(/closing AMQP connection/);
    t.is((await mark.text()).match(/accepting AMQP connection/g)?.length, 1);
  },
);

test.serial(
  'a broker that is killed ends its connections as what it is, is unreachable, and is found again when it is back',
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
    t.true(await until(() => client.socket === undefined || client.socket.destroyed, 5_000), 'the client was told');
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
