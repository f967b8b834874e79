import test from 'ava';
import fc from 'fast-check';
import { REFUSED_AMQP } from '../../lib/amqp/first-octets/amqp.js';
import { looksLike, PROTOCOLS } from '../../lib/amqp/looks-like.js';
import {
  ascii,
  CLOSE_OK,
  client,
  clientHello,
  HEARTBEAT,
  hex,
  httpGet,
  protocolHeader,
  proxyV1,
  splits,
} from '../support/bytes.js';
import { firstOctets, octetsOf } from '../support/first-octets.js';
import { inputsOf } from '../support/golden.js';

const first8 = (octets: Uint8Array): Uint8Array => octets.subarray(0, 8);
const played = (name: string): Uint8Array => {
  const [input] = inputsOf(name);
  return input?.type === 'data' ? input.octets : ascii('');
};

for (const [what, confidence, octets] of [
  ['tls', 'certain', clientHello()],
  ['tls', 'likely', hex('15 03 01 00 02 02 0a')],
  ['proxy_protocol_v1', 'certain', proxyV1()],
  ['proxy_protocol_v2', 'certain', played('proxy-v2-local')],
  ['http', 'certain', httpGet('/')],
  // Eight octets end before the path, and RTSP, SIP and NATS have these verbs too.
  ['http', 'likely', ascii('OPTIONS / HTTP/1.0\r\n')],
  ['http', 'likely', ascii('CONNECT rabbit:5672 HTTP/1.1\r\n')],
  ['http', 'likely', ascii('GET SERVER INFO\r\n')],
  ['http2', 'certain', ascii('PRI * HTTP/2.0\r\n\r\n')],
  ['ssh', 'certain', ascii('SSH-2.0-OpenSSH_9.2p1\r\n')],
  ['stomp', 'likely', played('stomp-connect')],
  ['mqtt', 'certain', played('mqtt-connect')],
  ['redis', 'likely', ascii('*1\r\n$4\r\nPING\r\n')],
  ['smtp', 'likely', ascii('EHLO x\r\n')],
  ['postgresql', 'certain', played('postgres-ssl-request')],
  ['postgresql', 'likely', hex('00 00 00 29 00 03 00 00')],
  ['socks5', 'likely', played('partial-socks5')],
  ['amqp_frame', 'likely', HEARTBEAT],
  ['amqp_frame', 'likely', client.startOk()],
  ['amqp_text', 'likely', ascii('amqp0091')],
  ['amqp_text', 'likely', ascii('AMQP0091\r\n')],
  ['amqp_text', 'likely', ascii('AMQP00')],
  ['amqp_text', 'likely', ascii('AMQP\r\n')],
  ['amqp_text', 'likely', ascii('Amqp 0-9')],
  ['line_feeds', 'likely', ascii('\n\n\n\n')],
  ['zeros', 'likely', new Uint8Array(8)],
  ['text', 'likely', ascii('QUIT\r\n')],
] as const) {
  const octetsShown = JSON.stringify(Buffer.from(first8(octets)).toString('latin1'));
  test(`${octetsShown} is ${confidence === 'certain' ? '' : 'probably '}${what}`, (t) => {
    t.like(looksLike(first8(octets)), { what, confidence });
  });
}

for (const recorded of firstOctets()) {
  const { protocol, what, confidence, octets } = recorded;
  test(`the first octets of ${protocol} (${octets}) are ${confidence === 'certain' ? '' : 'probably '}${what}`, (t) => {
    const isAmqp10 = what.startsWith('amqp_1_0');
    t.like(looksLike(octetsOf(recorded), null, false, isAmqp10), { what, confidence });
    const rows = isAmqp10 ? [...PROTOCOLS, ...REFUSED_AMQP] : PROTOCOLS;
    const text = Buffer.from(octets, 'hex').toString('latin1');
    t.deepEqual(
      rows.filter(({ is }) => is(octetsOf(recorded), text)).map((row) => `${row.what} ${row.confidence}`),
      [`${what} ${confidence}`],
    );
  });
}

test('every protocol has recorded first octets', (t) => {
  const without = [...PROTOCOLS, ...REFUSED_AMQP].filter(
    ({ is }) =>
      !firstOctets().some((recorded) => is(octetsOf(recorded), Buffer.from(recorded.octets, 'hex').toString('latin1'))),
  );
  t.deepEqual(
    without.map(({ what, detail }) => `${what}: ${detail}`),
    [],
  );
});

test('the first of the first octets are never certain to be something else', (t) => {
  for (const recorded of firstOctets()) {
    for (const [head] of splits(octetsOf(recorded))) {
      const seen = looksLike(head);
      if (seen?.confidence === 'certain') t.is(seen.what, recorded.what);
    }
  }
});

test('random octets are never certain to be anything', (t) => {
  const octets = fc.noBias(fc.uint8Array({ minLength: 8, maxLength: 8 }));
  const isUncertain = (random: Uint8Array) => looksLike(random)?.confidence !== 'certain';
  t.notThrows(() => fc.assert(fc.property(octets, isUncertain), { numRuns: 50_000, seed: 1 }));
});

test('a certain guess rests on at least three octets', (t) => {
  // An octet matters if most of its other values make another guess.
  for (const recorded of firstOctets().filter(({ confidence }) => confidence === 'certain')) {
    const octets = octetsOf(recorded);
    const isSame = (changed: Uint8Array) => {
      const seen = looksLike(changed, null, false, true);
      return seen?.what === recorded.what && seen.confidence === 'certain';
    };
    const fixed = [...octets.keys()].filter((at) => {
      const others = Array.from({ length: 255 }, (_, by) =>
        octets.map((octet, place) => (place === at ? octet ^ (by + 1) : octet)),
      );
      return others.filter(isSame).length < 64;
    });
    t.true(fixed.length >= 3, `${recorded.protocol}: ${fixed}`);
  }
});

test('an AMQP 1.0 header is described only if the broker refused it', (t) => {
  for (const [id, what] of [
    [0, 'amqp_1_0_without_sasl'],
    [3, 'amqp_1_0'],
  ] as const) {
    t.is(looksLike(protocolHeader(id, 1, 0, 0)), null);
    t.like(looksLike(protocolHeader(id, 1, 0, 0), null, false, true), { what });
  }
  t.is(looksLike(protocolHeader(0, 0, 9, 1), null, false, true), null);
});

test('a protocol header looks like AMQP, however little of it has arrived', (t) => {
  const headers = [protocolHeader(0, 0, 9, 1), protocolHeader(1, 1, 0, 9), protocolHeader(3, 1, 0, 0)];
  for (const [head] of headers.flatMap(splits)) t.is(looksLike(head), null);
});

test('the detail of a ClientHello contains its version, server name and ALPN', (t) => {
  const hello = { version: 'TLS 1.3', servername: 'broker.example', alpn: ['h2', 'http/1.1'] };
  const detailOf = (said: Partial<typeof hello>) =>
    looksLike(first8(clientHello()), { ...hello, alpn: [], ...said })?.detail;
  t.is(detailOf(hello), 'a TLS 1.3 ClientHello for broker.example, ALPN h2 http/1.1: an HTTPS client');
  t.is(
    detailOf({}),
    'a TLS 1.3 ClientHello for broker.example: the client expects AMQP over TLS, normally on port 5671',
  );
  t.regex(
    looksLike(first8(clientHello()), { version: null, servername: null, alpn: [] })?.detail ?? '',
    /^a TLS ClientHello: /,
  );
  t.is(looksLike(ascii('amqp0091'), hello)?.what, 'amqp_text');
});

test('no octets and unknown octets look like nothing', (t) => {
  for (const octets of [ascii(''), hex('9d'), hex('ff fe fd fc fb fa f9 f8'), ascii('a'), CLOSE_OK.subarray(7, 11)]) {
    t.is(looksLike(octets), null);
  }
});

test('guessing never throws', (t) => {
  t.notThrows(() => fc.assert(fc.property(fc.uint8Array({ maxLength: 8 }), (octets) => void looksLike(octets))));
});
