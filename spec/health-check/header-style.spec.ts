import test from 'ava';
import { toText } from '../../lib/amqp/header.js';
import { headerStyle } from '../../lib/health-check/header-style.js';
import { ascii, clientHello, httpGet, protocolHeader } from '../support/bytes.js';

for (const [octets, style] of [
  [httpGet('/'), 'http'],
  [ascii('HEAD / H'), 'http'],
  [clientHello(), 'tls_hello'],
  [ascii('HELO\r\n\r\n'), 'text'],
  [ascii('SSH-2.0-'), 'other'],
  [protocolHeader(0, 0, 9, 2), 'other'],
  [Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), 'other'],
] as const) {
  test(`${toText(octets.subarray(0, 8))} is ${style}`, (t) => {
    t.is(headerStyle(octets.subarray(0, 8), false), style);
  });
}

test('a good header is header_only', (t) => {
  t.is(headerStyle(protocolHeader(0, 0, 9, 1), true), 'header_only');
});
