import test from 'ava';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { openClient } from '../support/amqp-client.js';
import { ascii, concat } from '../support/bytes.js';
import { startProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

const TOLD = { source: '192.0.2.1:56324', destination: '198.51.100.9:5672' };
const REQUIRE = { accept: 'require', send: 'off', trustedSources: ['127.0.0.1'] } as const;

/** A broker that every connection must tell its client. */
let broker: RabbitMQ;

test.before(async () => {
  broker = await startRabbitmq({ conf: { proxy_protocol: 'true' } });
});
test.after.always(() => broker?.stop());

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
