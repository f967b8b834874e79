import { randomBytes } from 'node:crypto';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { connect } from 'amqplib';
import test from 'ava';
import { carry } from '../support/amqplib-messages.js';
import { startProxy, type TestProxy } from '../support/proxy.js';
import { sharedRabbitmq } from '../support/shared-rabbitmq.js';
import { within } from '../support/within.js';

const MESSAGES = 10_000;
const MIB = 1024 * 1024;

const upstream = () => ({ host: '127.0.0.1', port: sharedRabbitmq().port });
const urlOf = ({ port }: TestProxy, login = 'guest:guest') => `amqp://${login}@127.0.0.1:${port}`;
const body = (at: number) => `${at} ${'x'.repeat(at % 500)}`;

test.serial('amqplib publishes 10,000 messages, consumes them in order and closes cleanly', async (t) => {
  const proxy = await startProxy(t, upstream());
  const connection = await connect(urlOf(proxy));
  const bodies = await carry(connection, MESSAGES, body);
  t.deepEqual(
    bodies,
    Array.from({ length: MESSAGES }, (_, at) => body(at)),
  );
  await connection.close();
  const report = await proxy.nextReport();
  t.like(report, {
    decision: 'forward',
    stage: 'closed',
    upstream: `127.0.0.1:${upstream().port}`,
    reason: { name: 'connection_closed', term: null, severity: 'info', inferred: false },
    healthCheck: false,
    header: { hex: '414d515000000901' },
    handshake: {
      product: 'amqplib',
      platform: `Node.JS ${process.version}`,
      mechanism: 'PLAIN',
      user: 'guest',
      vhost: '/',
      serverProduct: 'RabbitMQ',
      serverVersion: sharedRabbitmq().version,
    },
  });
  t.is(report.ended.by, 'client');
  const { headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs } = report.timing;
  const times = [headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs] as number[];
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
    'the steps are in order',
  );
  t.true((report.handshake?.channelMax ?? 0) > 0 && (report.handshake?.frameMax ?? 0) > 0);
  t.deepEqual(
    proxy.stages.map(({ stage }) => stage),
    ['starting', 'tuning', 'opening', 'running', 'closing', 'closed'],
  );
});

test.serial(
  '@cloudamqp/amqp-client publishes 10,000 messages, consumes them in order and closes cleanly',
  async (t) => {
    const proxy = await startProxy(t, upstream());
    const client = new AMQPClient(urlOf(proxy));
    const connection = await client.connect();
    const channel = await connection.channel();
    const { name } = await channel.queueDeclare('', { exclusive: true });
    const bodies: (string | null)[] = [];
    const all = new Promise<void>((resolve) => {
      void channel.basicConsume(name, { noAck: true }, (message) => {
        bodies.push(message.bodyToString());
        if (bodies.length === MESSAGES) resolve();
      });
    });
    for (let at = 0; at < MESSAGES; at++) await channel.basicPublish('', name, body(at));
    await within(all, () => `${MESSAGES} messages, ${bodies.length} arrived`);
    t.deepEqual(
      bodies,
      Array.from({ length: MESSAGES }, (_, at) => body(at)),
    );
    await connection.close();
    t.like(await proxy.nextReport(), {
      stage: 'closed',
      reason: { name: 'connection_closed' },
      handshake: { product: 'amqp-client.js', user: 'guest', vhost: '/' },
    });
  },
);

test.serial('a message of 64 MiB arrives unchanged', async (t) => {
  const proxy = await startProxy(t, upstream());
  const connection = await connect(urlOf(proxy));
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  const sent = randomBytes(64 * MIB);
  channel.sendToQueue(queue, sent);
  await channel.waitForConfirms();
  const message = await channel.get(queue, { noAck: true });
  t.true(message !== false && message.content.equals(sent));
  await connection.close();
  const { octets } = await proxy.nextReport();
  t.true(octets.received > sent.length && octets.sent > sent.length);
});

test.serial('200 simultaneous clients are reported as 200 connections that ended cleanly', async (t) => {
  const proxy = await startProxy(t, upstream());
  const connections = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const connection = await connect(urlOf(proxy));
      const channel = await connection.createChannel();
      await channel.assertQueue('', { exclusive: true, autoDelete: true });
      return connection;
    }),
  );
  t.is(proxy.proxy.connections, 200);
  await Promise.all(connections.map((connection) => connection.close()));
  for (let at = 0; at < 200; at++) t.is((await proxy.nextReport()).reason.name, 'connection_closed');
  t.is(new Set(proxy.reports.map(({ id }) => id)).size, 200);
});

test.serial('no report contains a password, wrong or right', async (t) => {
  const proxy = await startProxy(t, upstream());
  await t.throwsAsync(connect(urlOf(proxy, 'guest:Pa55-Wr0ng')), { message: /ACCESS.REFUSED/i });
  const refused = await proxy.nextReport();
  t.like(refused, { handshake: { user: 'guest', mechanism: 'PLAIN' }, timing: { openMs: null } });
  const connection = await connect(urlOf(proxy));
  await connection.close();
  const closed = await proxy.nextReport();
  for (const password of ['Pa55-Wr0ng', '\0guest\0guest', 'guest:guest']) {
    const everything = JSON.stringify([refused, closed, proxy.accepting, proxy.stages]);
    for (const form of [password, Buffer.from(password).toString('hex'), Buffer.from(password).toString('base64')]) {
      t.false(everything.includes(JSON.stringify(form).slice(1, -1)));
    }
  }
});

test.serial(
  'the broker’s answer about a vhost that does not exist reaches the client, and the report names the vhost',
  async (t) => {
    const proxy = await startProxy(t, upstream());
    await t.throwsAsync(connect(`${urlOf(proxy)}/no-such-vhost`), { message: /ConnectionClose/ });
    t.like(await proxy.nextReport(), {
      handshake: { user: 'guest', vhost: 'no-such-vhost' },
      timing: { openMs: null },
    });
  },
);
