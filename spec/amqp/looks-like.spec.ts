import test from 'ava';
import fc from 'fast-check';
import { looksLike } from '../../lib/amqp/looks-like.js';
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
  ['http', 'certain', ascii('OPTIONS / HTTP/1.0\r\n')],
  ['http', 'certain', ascii('CONNECT rabbit:5672 HTTP/1.1\r\n')],
  ['http2', 'certain', ascii('PRI * HTTP/2.0\r\n\r\n')],
  ['ssh', 'certain', ascii('SSH-2.0-OpenSSH_9.2p1\r\n')],
  ['stomp', 'likely', played('stomp-connect')],
  ['mqtt', 'certain', played('mqtt-connect')],
  ['redis', 'likely', ascii('*1\r\n$4\r\nPING\r\n')],
  ['smtp', 'likely', ascii('EHLO x\r\n')],
  ['postgresql', 'certain', played('postgres-ssl-request')],
  ['postgresql', 'certain', hex('00 00 00 29 00 03 00 00')],
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
