import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSecureContext } from 'node:tls';
import { connect } from 'amqplib';
import test, { type ExecutionContext } from 'ava';
import { carry } from '../support/amqplib-messages.js';
import { ascii, hex } from '../support/bytes.js';
import { freePort } from '../support/free-port.js';
import { type ProxyOptions, startProxy, type TestProxy } from '../support/proxy.js';
import { type RabbitMQ, startRabbitmq } from '../support/rabbitmq.js';
import { HEADER } from '../support/relayed.js';
import { contextOf, dialSecured, dialTls, pem, pemPath, type SecureWire } from '../support/secure-wire.js';
import type { Listening } from '../support/server.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';

const MESSAGES = 2_000;

/** A broker with a plain port and a TLS port. */
let broker: RabbitMQ;
let tlsPort: number;
test.before(async () => {
  tlsPort = await freePort();
  broker = await startRabbitmq({ tlsPort });
});
test.after.always(() => broker?.stop());

const plain = (): Listening => ({ host: '127.0.0.1', port: broker.port });
const secured = (): Listening => ({ host: '127.0.0.1', port: tlsPort });
const tls = () => ({ credentials: { secureContext: contextOf('server') }, requestCert: false });
const upstreamTls = () => ({
  credentials: { secureContext: createSecureContext({ ca: pem('ca') }) },
  servername: 'localhost',
});

/** amqplib publishes, consumes in order, and closes cleanly. */
async function work(t: ExecutionContext, { port }: TestProxy, scheme: 'amqp' | 'amqps'): Promise<void> {
  const options = scheme === 'amqps' ? { ca: [Buffer.from(pem('ca'))], servername: 'localhost' } : {};
  const connection = await connect(`${scheme}://guest:guest@127.0.0.1:${port}`, options);
  const body = (at: number) => `${at} ${'x'.repeat(at)}`;
  const bodies = await carry(connection, MESSAGES, body);
  t.deepEqual(
    bodies,
    Array.from({ length: MESSAGES }, (_, at) => body(at)),
  );
  await connection.close();
}

for (const [what, scheme, upstream, options] of [
  ['ends at the proxy', 'amqps', plain, () => ({ tls: tls() })],
  ['begins at the proxy', 'amqp', secured, () => ({ upstreamTls: upstreamTls() })],
  ['is on both sides', 'amqps', secured, () => ({ tls: tls(), upstreamTls: upstreamTls() })],
] as readonly (readonly [string, 'amqp' | 'amqps', () => Listening, () => ProxyOptions])[]) {
  test(`amqplib works when TLS ${what}`, async (t) => {
    const proxy = await startProxy(t, upstream(), options());
    await work(t, proxy, scheme);
    t.like(await proxy.nextReport(), {
      decision: 'forward',
      stage: 'closed',
      reason: { name: 'connection_closed', severity: 'info' },
      header: { hex: '414d515000000901' },
      handshake: { product: 'amqplib', user: 'guest', vhost: '/', serverProduct: 'RabbitMQ' },
      ended: { by: 'client' },
      tls: scheme === 'amqps' ? { version: 'TLS 1.3', servername: 'localhost', alpn: [], terminated: true } : null,
    });
  });
}

test('amqplib works when TLS passes through in mode observe, and the report describes the ClientHello', async (t) => {
  const proxy = await startProxy(t, secured(), { mode: 'observe' });
  await work(t, proxy, 'amqps');
  t.like(await proxy.nextReport(), {
    decision: 'forward',
    handshake: null,
    looksLike: {
      what: 'tls',
      detail: 'a TLS 1.3 ClientHello for localhost: the client expects AMQP over TLS, normally on port 5671',
      confidence: 'certain',
    },
    tls: { version: 'TLS 1.3', servername: 'localhost', alpn: [], terminated: false },
  });
});

test('a ClientHello on a plain port is refused as by the broker, and the report describes it', async (t) => {
  const proxy = await startProxy(t, plain());
  const answers: string[] = [];
  for (const target of [plain(), proxy]) {
    const client = await dialTls(t, target, { servername: 'broker.example', ALPNProtocols: ['http/1.1'] });
    await t.throwsAsync(client.secured);
    answers.push((await client.how()).close);
  }
  t.deepEqual(answers, ['rst', 'rst']);
  const { looksLike, tls: seen } = await proxy.nextReport();
  t.is(looksLike?.detail, 'a TLS 1.3 ClientHello for broker.example, ALPN http/1.1: an HTTPS client');
  t.deepEqual(seen, { version: 'TLS 1.3', servername: 'broker.example', alpn: ['http/1.1'], terminated: false });
});

/** The bytes of one client, and how it sends them. */
type Play = (client: SecureWire) => unknown;

const PLAYS: readonly (readonly [name: string, play: Play])[] = [
  ['amqp0091', (client) => client.send('amqp0091')],
  ['AMQP0091', (client) => client.send('AMQP0091')],
  ['AMQP 0 0 9 0', (client) => client.send(ascii('AMQP\0\0\x09\0'))],
  ['AMQP 3 1 0 0', (client) => client.send(ascii('AMQP\x03\x01\0\0'))],
  ['GET', (client) => client.send('GET / HTTP/1.1\r\n\r\n')],
  ['nothing and close_notify', (client) => client.notify()],
  ['nothing, close_notify and FIN', (client) => client.close()],
  ['nothing and FIN', (client) => client.fin()],
  [
    'AMQ and close_notify',
    async (client) => {
      await client.send('AMQ');
      await client.notify();
    },
  ],
];

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  for (const [name, play] of PLAYS) {
    test(`${version}: ${name} is answered inside TLS as by the broker’s own TLS port`, async (t) => {
      const proxy = await startProxy(t, plain(), { tls: tls(), dialect: broker.version });
      const answers: unknown[] = [];
      for (const target of [secured(), proxy]) {
        const client = await dialSecured(t, target, { minVersion: version, maxVersion: version });
        await play(client);
        const end = await client.how();
        answers.push({ received: client.received.toString('hex'), ...end });
      }
      t.deepEqual(answers[1], answers[0]);
    });
  }
}

for (const octets of ['414d515000000901', '41', '00', '18', '16414d', '160309', '']) {
  test(`'${octets}' without TLS is answered as by the broker’s own TLS port`, async (t) => {
    const proxy = await startProxy(t, plain(), { tls: tls(), dialect: broker.version });
    const answers: unknown[] = [];
    for (const target of [secured(), proxy]) {
      const client = await dialWire(t, target);
      if (octets === '') client.fin();
      else await client.send(hex(octets));
      const end = await client.how();
      answers.push({ received: client.received.toString('hex'), end });
    }
    t.deepEqual(answers[1], answers[0]);
  });
}

test('the broker’s close after an error is relayed with TLS on both sides', async (t) => {
  const proxy = await startProxy(t, secured(), { tls: tls(), upstreamTls: upstreamTls() });
  const client = await dialSecured(t, proxy);
  await client.send(HEADER);
  await client.octets(100);
  await client.close();
  const { close } = await client.how();
  t.is(close, 'rst');
  t.like(await proxy.nextReport(), {
    reason: { name: 'connection_closed_abruptly' },
    healthCheck: true,
    ended: { by: 'client', clientSent: 'fin', clientSaw: 'rst', upstreamSent: 'rst', upstreamSaw: 'fin' },
  });
});

test('a broker with an untrusted certificate is unreachable', async (t) => {
  const credentials = { secureContext: createSecureContext({}) };
  const proxy = await startProxy(t, secured(), { upstreamTls: { credentials, servername: 'localhost' } });
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  t.is(await client.how(), 'rst');
  const { reason } = await proxy.nextReport();
  t.is(reason.name, 'upstream_unreachable');
  t.regex(
    reason.sentence,
    /\((SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\)/,
  );
});

test('openssl s_client verifies the port, and reads the farewell', async (t) => {
  const proxy = await startProxy(t, plain(), { tls: tls() });
  const args = ['s_client', '-connect', `127.0.0.1:${proxy.port}`, '-CAfile', pemPath('ca'), '-verify_return_error'];
  const client = spawn('openssl', [...args, '-servername', 'localhost', '-verify_hostname', 'localhost', '-quiet']);
  let [received, said] = ['', ''];
  client.stdout.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  client.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  client.stdin.on('error', () => {});
  client.stdin.write('amqp0091');
  await within(once(client, 'close'), () => `the end of openssl: ${said}`);
  t.is(received, 'AMQP\0\0\x09\x01', said);
  t.like(await proxy.nextReport(), { reason: { name: 'bad_header' }, tls: { version: 'TLS 1.3', terminated: true } });
});
