import test from 'ava';
import fc from 'fast-check';
import { decodeHeader } from '../../lib/proxy-protocol/decode.js';
import { encodeHeader } from '../../lib/proxy-protocol/encode.js';
import { formatSocketAddress, ipFrom } from '../../lib/proxy-protocol/socket-address.js';

const encoded = (version: 'v1' | 'v2', source: string, destination: string) =>
  encodeHeader(version, { source, destination });
const hexOf = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
const textOf = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');

const SIGNATURE = '0d0a0d0a000d0a515549540a';

test('version 1 is a line', (t) => {
  t.is(textOf(encoded('v1', '192.0.2.1:56324', '192.0.2.9:5672')), 'PROXY TCP4 192.0.2.1 192.0.2.9 56324 5672\r\n');
  t.is(textOf(encoded('v1', '[2001:db8::1]:1', '[::1]:65535')), 'PROXY TCP6 2001:db8::1 ::1 1 65535\r\n');
});

test('version 2 is binary', (t) => {
  t.is(hexOf(encoded('v2', '192.0.2.1:56324', '192.0.2.9:5672')), `${SIGNATURE}2111000cc0000201c0000209dc041628`);
  t.is(
    hexOf(encoded('v2', '[2001:db8::1]:1', '[::1]:65535')),
    `${SIGNATURE}2121002420010db8000000000000000000000001000000000000000000000000000000010001ffff`,
  );
});

test('an IPv4-mapped address is IPv4, and a zone is omitted', (t) => {
  for (const version of ['v1', 'v2'] as const) {
    t.deepEqual(
      encoded(version, '[::ffff:192.0.2.1]:56324', '192.0.2.9:5672'),
      encoded(version, '192.0.2.1:56324', '192.0.2.9:5672'),
    );
    t.deepEqual(encoded(version, '[fe80::1%eth0]:1', '[::1]:2'), encoded(version, '[fe80::1]:1', '[::1]:2'));
  }
});

test('ends that are unknown, not IP addresses, or of different families are UNKNOWN or LOCAL', (t) => {
  for (const ends of [
    null,
    { source: '', destination: '127.0.0.1:5672' },
    { source: '192.0.2.1:56324', destination: 'rabbit:5672' },
    { source: '192.0.2.1:56324', destination: '[::1]:5672' },
  ]) {
    t.is(textOf(encodeHeader('v1', ends)), 'PROXY UNKNOWN\r\n');
    t.is(hexOf(encodeHeader('v2', ends)), `${SIGNATURE}20000000`);
  }
});

test('encoding and decoding gives the same ends, in both versions', (t) => {
  const ip = (size: 4 | 16) => fc.uint8Array({ minLength: size, maxLength: size }).map(ipFrom);
  const end = (size: 4 | 16) =>
    fc.record({ ip: ip(size), port: fc.integer({ min: 1, max: 65_535 }) }).map(formatSocketAddress);
  const pair = (size: 4 | 16) => fc.record({ source: end(size), destination: end(size) });
  const pairs = fc
    .oneof(pair(4), pair(16))
    .filter((ends) => ends.source.includes('[') === ends.destination.includes('['));
  fc.assert(
    fc.property(fc.constantFrom('v1' as const, 'v2' as const), pairs, (version, ends) => {
      const octets = encodeHeader(version, ends);
      t.deepEqual(decodeHeader(octets), { type: 'header', header: { command: 'proxy', ends }, length: octets.length });
    }),
  );
});
