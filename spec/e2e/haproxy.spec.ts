import { once } from 'node:events';
import { connect } from 'node:net';
import { createSecureContext } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { openClient } from '../support/amqp-client.js';
import { freePort } from '../support/free-port.js';
import { findHaproxy, startHaproxy } from '../support/haproxy.js';
import { startProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, pem } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';

const REQUIRE = { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] } as const;

/** A broker that requires a PROXY header on every connection, including those to its TLS port. */
let broker: RabbitMQ;
let tlsPort: number;
let haproxy: string | undefined;

test.before(async (t) => {
  t.timeout(300_000, 'installing HAProxy can take minutes');
  haproxy = await findHaproxy((line) => console.error(`# ${line}`));
  tlsPort = await freePort();
  broker = await startRabbitmq({ tlsPort, conf: { proxy_protocol: 'true' } });
});
test.after.always(() => broker?.stop());

const without = (t: ExecutionContext): void => {
  t.log('no HAProxy here; what it sends is played by spec/proxy/haproxy-headers.spec.ts');
  t.pass();
};

for (const send of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c']) {
  test.serial(`behind HAProxy (${send}) the proxy and the broker know the client’s own address`, async (t) => {
    if (haproxy === undefined) return without(t);
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: broker.port },
      {
        proxyProtocol: { ...REQUIRE, send: 'v2' },
      },
    );
    const balancer = await startHaproxy(t, haproxy, proxy, send);
    const mark = broker.log.mark();
    const { client, address } = await openClient(balancer.port);
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

test.serial(
  'behind HAProxy the proxy terminates and originates TLS, and both it and the broker know the client’s address',
  async (t) => {
    if (haproxy === undefined) return without(t);
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: tlsPort },
      {
        proxyProtocol: { ...REQUIRE, send: 'v2' },
        tls: { credentials: { secureContext: contextOf('server') }, requestCert: false },
        upstreamTls: {
          credentials: { secureContext: createSecureContext({ ca: pem('ca') }) },
          servername: 'localhost',
        },
      },
    );
    const balancer = await startHaproxy(t, haproxy, proxy, 'send-proxy-v2 check check-send-proxy inter 100');
    const mark = broker.log.mark();
    const good = await dialSecured(t, balancer);
    await good.send(HEADER);
    await good.octets(100);
    await mark.waitFor(new RegExp(`accepting AMQP connection .*${good.address} -> 127\\.0\\.0\\.1:${balancer.port}`));
    good.rst();
    const tls = { version: 'TLS 1.3', servername: 'localhost', terminated: true };
    const report = await proxy.nextReport(({ client }) => client === good.address);
    t.like(report, {
      destination: `127.0.0.1:${balancer.port}`,
      decision: 'forward',
      handshake: { serverProduct: 'RabbitMQ', serverVersion: broker.version },
      tls,
    });
    t.regex(report.via ?? '', /^127\.0\.0\.1:\d+$/);

    const bad = await dialSecured(t, balancer);
    await bad.send('amqp0091');
    await bad.octets(8);
    const refused = await proxy.nextReport(({ client }) => client === bad.address);
    t.like(refused, { decision: 'refuse', reason: { name: 'bad_header' }, tls });

    const check = await proxy.nextReport(({ destination }) => destination === null);
    t.like(check, { healthCheck: true, reason: { name: 'connection_closed_with_no_data_received' } });
  },
);

test.serial("HAProxy's health checks succeed and are reported as health checks", async (t) => {
  if (haproxy === undefined) return without(t);
  const upstream = await startUpstream(t);
  const proxy = await startProxy(t, upstream, { proxyProtocol: REQUIRE });
  await startHaproxy(t, haproxy, proxy, 'send-proxy-v2 check check-send-proxy inter 100');
  for (let at = 0; at < 3; at++) {
    const check = await proxy.nextReport(({ destination }) => destination === null);
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

test.serial("HAProxy's AMQP checks are sent as LOCAL, and the broker answers them", async (t) => {
  if (haproxy === undefined) return without(t);
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
