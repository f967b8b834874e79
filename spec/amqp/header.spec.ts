import test from 'ava';
import fc from 'fast-check';
import { isAmqp10, protocolHeader, quadOf, toHex, toText } from '../../lib/amqp/header.js';
import * as bytes from '../support/bytes.js';

test('a protocol header is AMQP and four octets', (t) => {
  t.is(toHex(protocolHeader(0, 0, 9, 1)), bytes.A91);
  t.is(toHex(protocolHeader(3, 1, 0, 0)), bytes.A31);
});

test('every quad is read back unchanged, even if octets follow it', (t) => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), fc.uint8Array(), (quad, more) => {
      t.deepEqual(quadOf(bytes.concat(protocolHeader(...quad), more)), quad);
    }),
  );
});

test('an incomplete header, a header in lower case and other text have no quad', (t) => {
  for (const [head] of bytes.splits(bytes.protocolHeader(0, 0, 9, 1)).slice(0, -1)) t.is(quadOf(head), undefined);
  for (const text of ['amqp\0\0\x09\x01', 'AMQp\0\0\x09\x01', 'AMQQ\0\0\x09\x01', ' AMQP\0\0\x09']) {
    t.is(quadOf(bytes.ascii(text)), undefined);
  }
});

test('AMQP 1.0 is ID 1 0 0, with any id', (t) => {
  for (let id = 0; id < 256; id++) t.true(isAmqp10([id, 1, 0, 0]));
  for (const quad of [
    [0, 0, 9, 1],
    [1, 1, 0, 9],
    [3, 1, 0, 1],
    [3, 1, 1, 0],
    [3, 2, 0, 0],
  ] as const)
    t.false(isAmqp10(quad));
});

test('hex has two digits for each octet', (t) => {
  fc.assert(fc.property(fc.uint8Array(), (octets) => t.is(toHex(octets), Buffer.from(octets).toString('hex'))));
});

test('text has a dot for each octet that is not printable ASCII', (t) => {
  t.is(toText(bytes.hex('1f 20 41 7e 7f 80 ff 0a')), '. A~....');
});
