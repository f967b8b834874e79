import { connect } from 'node:tls';
import test from 'ava';
import fc from 'fast-check';
import { type ClientHello, ClientHelloReader, readClientHello } from '../../lib/tls/client-hello.js';
import { ascii, clientHello, concat, hex, splits } from '../support/bytes.js';
import { startServer } from '../support/server.js';
import { within } from '../support/within.js';

const NOTHING: ClientHello = { version: null, servername: null, alpn: [] };

for (const [what, options, expected] of [
  [
    'a host and protocols',
    { servername: 'broker.example', ALPNProtocols: ['h2', 'http/1.1'] },
    { version: 'TLS 1.3', servername: 'broker.example', alpn: ['h2', 'http/1.1'] },
  ],
  ['nothing', {}, { version: 'TLS 1.3', servername: null, alpn: [] }],
  ['at most TLS 1.2', { maxVersion: 'TLSv1.2' }, { version: 'TLS 1.2', servername: null, alpn: [] }],
] as const) {
  test(`the hello of Node.js with ${what} is read, whole and in any two parts`, async (t) => {
    let came = (_octets: Buffer): void => {};
    const first = new Promise<Buffer>((resolve) => {
      came = resolve;
    });
    const { port } = await startServer(t, (socket) => socket.once('data', came));
    const client = connect({
      host: '127.0.0.1',
      port,
      ...('servername' in options ? { servername: options.servername } : {}),
      ...('ALPNProtocols' in options ? { ALPNProtocols: [...options.ALPNProtocols] } : {}),
      ...('maxVersion' in options ? { maxVersion: options.maxVersion } : {}),
    });
    client.on('error', () => {});
    t.teardown(() => client.destroy());
    const octets = await within(first, 'a ClientHello');
    t.deepEqual(readClientHello(octets), { ...expected, alpn: [...expected.alpn] });
    for (const [one, two] of splits(octets)) {
      const reader = new ClientHelloReader();
      reader.add(one);
      reader.add(two);
      t.deepEqual(reader.hello, readClientHello(octets));
    }
  });
}

test('an incomplete hello gives no wrong information', (t) => {
  const octets = clientHello();
  const whole: ClientHello = { version: 'TLS 1.3', servername: 'rabbitmq', alpn: [] };
  t.deepEqual(readClientHello(octets), whole);
  for (let length = 0; length < octets.length; length++) {
    const read = readClientHello(octets.subarray(0, length));
    if (length < 6) t.is(read, null);
    else {
      t.true(read?.version === null || read?.version === whole.version, `${length}: ${read?.version}`);
      t.true(read?.servername === null || read?.servername === whole.servername, `${length}: ${read?.servername}`);
    }
  }
});

test('the first 8 octets show only that it is a hello', (t) => {
  t.deepEqual(readClientHello(clientHello().subarray(0, 8)), NOTHING);
});

test('a hello in two records is read as one', (t) => {
  const octets = clientHello();
  const [head, body] = [octets.subarray(0, 5), octets.subarray(5)];
  const record = (part: Uint8Array) =>
    concat(head.subarray(0, 3), Uint8Array.of(part.length >> 8, part.length & 0xff), part);
  for (const at of [1, 4, 50, 130, 300]) {
    const two = concat(record(body.subarray(0, at)), record(body.subarray(at)));
    t.deepEqual(readClientHello(two), readClientHello(octets));
  }
});

test('without extensions the version is that of the message', (t) => {
  const body = (version: string) => hex(`${version}${'00'.repeat(32)}00 0002002f 0100`);
  const hello = (version: string) => concat(hex('16030100 2d 01000029'), body(version));
  t.is(readClientHello(hello('0303'))?.version, 'TLS 1.2');
  t.is(readClientHello(hello('0301'))?.version, 'TLS 1.0');
  t.is(readClientHello(hello('0300'))?.version, 'SSL 3.0');
  t.is(readClientHello(hello('0a0a'))?.version, null);
});

test('names are printable ASCII, whatever the client sends', (t) => {
  const hello = clientHello();
  const at = Buffer.from(hello).indexOf('rabbitmq');
  hello.set([0x0a, 0x1b, 0xff, 0x22], at);
  t.is(readClientHello(hello)?.servername, '..."itmq');
});

test('other octets are not a hello', (t) => {
  for (const octets of [
    ascii(''),
    ascii('AMQP\0\0\x09\x01'),
    hex('15030100020228'),
    hex('160301000401000000').fill(2, 5),
  ]) {
    t.is(readClientHello(octets), null);
    const reader = new ClientHelloReader();
    reader.add(octets);
    t.is(reader.hello, null);
  }
});

test('the parser never throws, and its buffer is bounded', (t) => {
  const near = fc.tuple(fc.nat(516), fc.uint8Array({ maxLength: 40 })).map(([at, octets]) => {
    const hello = clientHello();
    hello.set(octets.subarray(0, hello.length - at), at);
    return hello;
  });
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 600 })), (octets) => {
      const reader = new ClientHelloReader();
      for (const octet of octets) reader.add(Uint8Array.of(octet));
      t.deepEqual(reader.hello ?? NOTHING, readClientHello(octets) ?? NOTHING);
    }),
    { numRuns: 200 },
  );
  const endless = new ClientHelloReader();
  endless.add(hex('160301ffff01ffffff'));
  for (let at = 0; at < 1_000; at++) endless.add(new Uint8Array(1_000));
  t.true(Object.values(endless).every((value) => !(value instanceof Uint8Array) || value.length <= 8_192));
});
