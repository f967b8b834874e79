import test from 'ava';
import fc from 'fast-check';
import { toHex } from '../../lib/amqp/header.js';
import { OctetReader } from '../../lib/amqp/octet-reader.js';
import { OctetWriter } from '../../lib/amqp/octet-writer.js';
import { hex } from '../support/bytes.js';

function written(write: (writer: OctetWriter) => void): Uint8Array {
  const writer = new OctetWriter();
  write(writer);
  return writer.octets();
}

const digitsOf = (write: (writer: OctetWriter) => void): string => toHex(written(write));

test('domains are written in network byte order', (t) => {
  t.is(
    digitsOf((writer) => {
      writer.octet(1);
      writer.short(2);
      writer.long(3);
      writer.longlong(4n);
      writer.raw(hex('aabb'));
      writer.shortstr('é');
      writer.longstr('é');
      writer.longstr(hex('ff'));
    }),
    '01 0002 00000003 0000000000000004 aabb 02c3a9 00000002c3a9 00000001ff'.replaceAll(' ', ''),
  );
});

/** The integer domains: minimum and maximum are written and read back, values beyond them are rejected. */
const integers = [
  ['octet', 0, 0xff],
  ['signedOctet', -0x80, 0x7f],
  ['short', 0, 0xffff],
  ['signedShort', -0x8000, 0x7fff],
  ['long', 0, 0xffff_ffff],
  ['signedLong', -0x8000_0000, 0x7fff_ffff],
] as const;

for (const [domain, min, max] of integers) {
  test(`${domain} is from ${min} to ${max}`, (t) => {
    for (const value of [min, max]) t.is(new OctetReader(written((writer) => writer[domain](value)))[domain](), value);
    for (const value of [min - 1, max + 1, 0.5, Number.NaN]) {
      t.throws(() => written((writer) => writer[domain](value)), {
        instanceOf: RangeError,
        message: `${value} is not an integer from ${min} to ${max}`,
      });
    }
  });
}

for (const [domain, min, max] of [
  ['longlong', 0n, 2n ** 64n - 1n],
  ['signedLonglong', -(2n ** 63n), 2n ** 63n - 1n],
] as const) {
  test(`${domain} is from ${min} to ${max}`, (t) => {
    for (const value of [min, max]) t.is(new OctetReader(written((writer) => writer[domain](value)))[domain](), value);
    for (const value of [min - 1n, max + 1n]) {
      t.throws(() => written((writer) => writer[domain](value)), { instanceOf: RangeError });
    }
  });
}

test('a short string has at most 255 octets, not characters', (t) => {
  t.is(written((writer) => writer.shortstr('x'.repeat(255))).length, 256);
  t.throws(() => written((writer) => writer.shortstr('é'.repeat(128))), {
    instanceOf: RangeError,
    message: 'a short string has at most 255 bytes, not 256',
  });
});

test('a size precedes the octets that it counts, even when nested', (t) => {
  t.is(
    digitsOf((writer) => writer.sized(() => writer.sized(() => writer.octet(7)))),
    '000000050000000107',
  );
});

test('values of any length are read back unchanged', (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.double({ noNaN: true }), (parts, number) => {
      const octets = written((writer) => {
        for (const part of parts) writer.longstr(part);
        writer.double(number);
      });
      const reader = new OctetReader(octets);
      t.deepEqual(
        parts.map(() => reader.longstr()),
        parts.map((part) => Uint8Array.from(part)),
      );
      t.is(reader.double(), number);
      t.notThrows(() => reader.end());
    }),
  );
});
