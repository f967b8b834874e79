import { createSecureContext } from 'node:tls';
import test from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { openClient } from '../support/amqp-client.js';
import { ascii, concat } from '../support/bytes.js';
import { freePort } from '../support/free-port.js';
import { startProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls, pem } from '../support/secure-wire.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const TOLD = { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' };
const REQUIRE = { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] } as const;

/** A broker that requires a PROXY header on every connection, including those to its TLS port. */
let broker: RabbitMQ;
let tlsPort: number;

test.before(async () => {
  tlsPort = await freePort();
  broker = await startRabbitmq({ tlsPort, conf: { proxy_protocol: 'true' } });
});
test.after.always(() => broker?.stop());

for (const send of ['v1', 'v2'] as const) {
  test.serial(`the broker logs the client's own address and the address that it connected to: ${send}`, async (t) => {
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: broker.port },
      {
        proxyProtocol: { accept: 'accept', send, trustedSources: ['127.0.0.1'] },
      },
    );
    const mark = broker.log.mark();
    const { client, address } = await openClient(proxy.port);
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

const tls = { credentials: { secureContext: contextOf('server') }, requestCert: false };

for (const send of ['v1', 'v2'] as const) {
  test.serial(`the broker's TLS port receives the client's address before TLS: ${send}`, async (t) => {
    const proxy = await startProxy(
      t,
      { host: '127.0.0.1', port: tlsPort },
      {
        proxyProtocol: { accept: 'off', send, trustedSources: [] },
        upstreamTls: {
          credentials: { secureContext: createSecureContext({ ca: pem('ca') }) },
          servername: 'localhost',
        },
      },
    );
    const mark = broker.log.mark();
    for (let at = 0; at < 10; at++) {
      const { client, address } = await openClient(proxy.port);
      await mark.waitFor(new RegExp(`accepting AMQP connection .*${address} -> 127\\.0\\.0\\.1:${proxy.port}`));
      await client.close();
      t.like(await proxy.nextReport(), { client: address, reason: { name: 'connection_closed' } });
    }
  });
}

test.serial('a PROXY header followed by TLS is answered as by the broker’s own TLS port', async (t) => {
  const proxy = await startProxy(t, await startUpstream(t), { proxyProtocol: REQUIRE, tls, dialect: broker.version });
  const targets = [{ host: '127.0.0.1', port: tlsPort }, proxy];
  for (const version of ['v1', 'v2'] as const) {
    const header = encodeHeader(version, TOLD);
    const inside: unknown[] = [];
    for (const target of targets) {
      const client = await dialSecured(t, target, {}, (socket) => void socket.write(header));
      await client.send('amqp0091');
      inside.push({ ...(await client.how()), received: client.received.toString('hex') });
    }
    t.deepEqual(inside[1], inside[0]);
    t.like(await proxy.nextReport(), { client: TOLD.source, reason: { name: 'bad_header' } });

    for (const behind of ['AMQP\0\0\x09\x01', 'A', '\x16AM', '', null]) {
      const ends: string[] = [];
      for (const target of targets) {
        const client = await dialWire(t, target);
        await client.send(concat(header, ascii(behind ?? '')));
        if (behind === '') client.fin();
        // The same, with the header in its own segment.
        if (behind === null) await client.send(ascii('A'));
        ends.push(`${await client.how()} ${client.received.toString('hex')}`);
      }
      t.is(ends[1], ends[0], `${version} ${JSON.stringify(behind)}`);
    }
  }
  const mark = broker.log.mark();
  const withoutHeader: string[] = [];
  for (const target of targets) {
    const client = await dialTls(t, target);
    await t.throwsAsync(client.secured);
    withoutHeader.push((await client.how()).close);
  }
  t.deepEqual(withoutHeader, ['rst', 'rst']);
  const line = await mark.waitFor(/error when receiving proxy header: [^\n]*(?=\n)/);
  const { reason } = await proxy.nextReport(({ looksLike }) => looksLike?.what === 'tls');
  t.deepEqual([reason.term, reason.loggedAs], [line, 'debug']);
});

test.serial('a client without its PROXY header is treated as the broker treats it', async (t) => {
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
