import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { AMQPClient } from '@cloudamqp/amqp-client';
import test from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { ascii, concat } from '../support/bytes.js';
import { findHaproxy, startHaproxy } from '../support/haproxy.js';
import { startProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const TOLD = { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' };
const REQUIRE = { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] } as const;

/** A broker that every connection must tell its client. */
let broker: RabbitMQ;
let haproxy: string;

test.before(async (t) => {
  t.timeout(300_000, 'installing HAProxy takes its time');
  haproxy = await findHaproxy((line) => console.error(`# ${line}`));
  broker = await startRabbitmq({ conf: { proxy_protocol: 'true' } });
});
test.after.always(() => broker?.stop());

/** A connection of a real client, with its own address. */
async function open(port: number): Promise<{ readonly client: AMQPClient; readonly address: string }> {
  const client = new AMQPClient(`amqp://guest:guest@127.0.0.1:${port}`);
  client.onerror = () => {};
  const connection = await client.connect();
  await connection.channel();
  const { localPort } = (client as unknown as { readonly socket: Socket }).socket;
  return { client, address: `127.0.0.1:${localPort}` };
}

for (const send of ['v1', 'v2'] as const) {
  test.serial(`the broker names a client by its own address, and the one that it reached: ${send}`, async (t) => {
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: broker.port },
      {
        proxyProtocol: { accept: 'accept', send, trustedSources: ['127.0.0.1'] },
      },
    );
    const mark = broker.log.mark();
    const { client, address } = await open(proxy.port);
    await mark.waitFor(new RegExp(`accepting AMQP connection .*${address} -> 127\\.0\\.0\\.1:${proxy.port}`));
    await client.close();
    t.like(await proxy.nextReport(), {
      client: address,
      reason: { name: 'connection_closed' },
      handshake: { user: 'guest' },
    });

    const told = await dialWire(t, proxy);
    await told.send(concat(encodeHeader('v2', TOLD), HEADER));
    await told.octets(100);
    await mark.waitFor(/accepting AMQP connection .*192\.0\.2\.1:56324 -> 198\.51\.100\.9:5672/);
    told.rst();
    t.like(await proxy.nextReport(), { client: TOLD.source, via: told.address, healthCheck: true });
  });
}

test.serial('without its PROXY header a client is treated as the broker treats it', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), { proxyProtocol: REQUIRE, dialect: broker.version });
  for (const [octets, fin] of [
    ['AMQP\0\0\x09\x01', false],
    ['amqp0091', false],
    ['A', false],
    ['PROXY TCP5 192.0.2.1 192.0.2.9 1 2\r\n', false],
    ['PROXY TCP4 192.0.2.256 192.0.2.9 1 2\r\n', false],
    ['PROXY TCP6 192.0.2.1 192.0.2.9 1 2\r\n', false],
    ['PROXY TCP4 192.0.2.1 192.0.2.9 0 2\r\n', false],
    ['PROXY TCP4 192.0.2.1 192.0.2.9 1 2\n\r\n', false],
    ['PROXY TCP4 192.0.2.1 192.0.2.9 1 2 3\r\n', false],
    ['PROXY TCP4 192.0.2.1\r\n', false],
    ['PROXY TCP4  192.0.2.1 192.0.2.9 1 2\r\n', false],
    ['PROXY UNKNOWN \n', false],
    ['\r\n\r\n\0\r\nQUIT\n\x11\x11\0\x0c', false],
    ['\r\n\r\n\0\r\nQUIT\n\x22\x11\0\x0c', false],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x41\0\0', false],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x13\0\0', false],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x02ab', false],
    ['', true],
    ['', false],
  ] as const) {
    const mark = broker.log.mark();
    const ends: string[] = [];
    for (const target of [{ host: '127.0.0.1', port: broker.port }, proxy]) {
      const client = await dialWire(t, target);
      await client.send(ascii(octets));
      if (fin) client.fin();
      ends.push(`${await client.how()} ${client.received.toString('hex')}`);
    }
    t.is(ends[1], ends[0], JSON.stringify(octets));
    const line = await mark.waitFor(/error when receiving proxy header: [^\n]*(?=\n)/);
    const { reason } = await proxy.nextReport();
    t.deepEqual([reason.term, reason.loggedAs], [line, 'debug'], JSON.stringify(octets));
  }
  t.is(proxy.accepting.length, 0);
});

for (const send of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c']) {
  test.serial(`behind HAProxy (${send}) clients are known by their own address, here and to the broker`, async (t) => {
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: broker.port },
      {
        proxyProtocol: { ...REQUIRE, send: 'v2' },
      },
    );
    const balancer = await startHaproxy(t, haproxy, proxy, send);
    // It was asked whether it listens, by a connection of which it told us.
    const probe = await proxy.nextReport();
    t.like(probe, { reason: { name: 'connection_closed_with_no_data_received' }, healthCheck: true });
    const mark = broker.log.mark();
    const { client, address } = await open(balancer.port);
    await mark.waitFor(new RegExp(`accepting AMQP connection .*${address} -> 127\\.0\\.0\\.1:${balancer.port}`));
    await client.close();
    const report = await proxy.nextReport(({ client: from }) => from === address);
    t.like(report, {
      destination: `127.0.0.1:${balancer.port}`,
      reason: { name: 'connection_closed' },
      handshake: { user: 'guest' },
    });
    t.regex(report.via ?? '', /^127\.0\.0\.1:\d+$/);

    const bad = connect(balancer.port, '127.0.0.1').on('error', () => {});
    await once(bad, 'connect');
    bad.end('amqp0091');
    const refused = await proxy.nextReport(({ reason }) => reason.name === 'bad_header');
    t.is(refused.client, `127.0.0.1:${bad.localPort}`);
    bad.destroy();
  });
}

test.serial("HAProxy's health checks hurt nobody, and are known for what they are", async (t) => {
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { proxyProtocol: REQUIRE });
  await startHaproxy(t, haproxy, proxy, 'send-proxy-v2 check check-send-proxy inter 100');
  for (let at = 0; at < 3; at++) {
    const check = await within(
      proxy.nextReport(({ destination }) => destination === null),
      'a health check',
    );
    t.like(check, {
      via: null,
      healthCheck: true,
      reason: { name: 'connection_closed_with_no_data_received', severity: 'info' },
      ended: { by: 'client' },
      octets: { received: 0, sent: 0 },
    });
  }
  t.is(upstream.connections, 0);
});

test.serial("HAProxy's checks that speak AMQP are LOCAL, and the broker answers them", async (t) => {
  const proxy = await startProxy(
    t,
    { host: '127.0.0.1', port: broker.port },
    {
      proxyProtocol: { ...REQUIRE, send: 'v2' },
    },
  );
  await startHaproxy(t, haproxy, proxy, 'send-proxy-v2 check check-send-proxy inter 100', [
    'option tcp-check',
    'tcp-check connect send-proxy',
    'tcp-check send-binary 414d515000000901',
    'tcp-check expect binary 01000000',
  ]);
  const check = await proxy.nextReport(({ header }) => header.text === 'AMQP....');
  t.like(check, {
    via: null,
    destination: null,
    decision: 'forward',
    stage: 'starting',
    healthCheck: true,
    handshake: { serverProduct: 'RabbitMQ', serverVersion: broker.version },
    ended: { by: 'client' },
    octets: { received: 8 },
  });
  t.regex(check.client ?? '', /^127\.0\.0\.1:\d+$/);
});
