import test from 'ava';
import fc from 'fast-check';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { OctetReader } from '../../lib/amqp/octet-reader.js';
import { ascii, hex } from '../support/bytes.js';

/** Each domain, its octets, and its value. */
const domains: readonly (readonly [read: (reader: OctetReader) => unknown, digits: string, value: unknown])[] = [
  [(reader) => reader.octet(), 'ff', 255],
  [(reader) => reader.signedOctet(), 'ff', -1],
  [(reader) => reader.short(), 'fffe', 65_534],
  [(reader) => reader.signedShort(), 'fffe', -2],
  [(reader) => reader.long(), 'fffffffd', 4_294_967_293],
  [(reader) => reader.signedLong(), 'fffffffd', -3],
  [(reader) => reader.longlong(), 'ffffffffffffffff', 18_446_744_073_709_551_615n],
  [(reader) => reader.signedLonglong(), 'ffffffffffffffff', -1n],
  [(reader) => reader.float(), '3fc00000', 1.5],
  [(reader) => reader.double(), '3ff8000000000000', 1.5],
  [(reader) => reader.take(2), 'abcd', hex('abcd')],
  [(reader) => reader.shortstr(), '03 c3a9 21', 'é!'],
  [(reader) => reader.longstr(), '00000002 abcd', hex('abcd')],
  [(reader) => reader.text(), '00000003 c3a9 21', 'é!'],
];

for (const [read, digits, value] of domains) {
  const name = /reader\.(\w+)/.exec(String(read))?.[1];

  test(`${name} is read in network byte order`, (t) => {
    const reader = new OctetReader(hex(`${digits} 2a`));
    t.deepEqual(read(reader), value);
    t.is(reader.left, 1);
  });

  test(`a truncated ${name} is malformed`, (t) => {
    const octets = hex(digits);
    for (let at = 0; at < octets.length; at++) {
      t.throws(() => read(new OctetReader(octets.subarray(0, at))), { instanceOf: MalformedError });
    }
  });
}

test('octets left at the end are malformed', (t) => {
  t.throws(() => new OctetReader(hex('00')).end(), {
    instanceOf: MalformedError,
    message: '1 unexpected bytes at the end',
  });
  t.notThrows(() => new OctetReader(hex('')).end());
});

test('octets that are not UTF-8 are read as U+FFFD, and a byte order mark is kept', (t) => {
  t.is(new OctetReader(hex('02 ff 41')).shortstr(), '\ufffdA');
  t.is(new OctetReader(hex('03 efbbbf')).shortstr(), '\ufeff');
});

test('a long string is a copy, and taken octets are a view', (t) => {
  const octets = hex('00000001 aa bb');
  const reader = new OctetReader(octets);
  const [copy, view] = [reader.longstr(), reader.take(1)];
  octets.fill(0);
  t.deepEqual([copy, view], [hex('aa'), hex('00')]);
});

test('a view of a buffer is read within its bounds', (t) => {
  t.is(new OctetReader(ascii('xxAB').subarray(2)).short(), 0x4142);
});

test('a size beyond the end is malformed, and no memory is reserved for it', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), (size) => {
      const octets = new Uint8Array(4);
      new DataView(octets.buffer).setUint32(0, size);
      t.throws(() => new OctetReader(octets).longstr(), { instanceOf: MalformedError });
    }),
  );
});
