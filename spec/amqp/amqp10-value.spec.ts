import test from 'ava';
import fc from 'fast-check';
import { type Amqp10Value, decodeAmqp10 } from '../../lib/amqp/amqp10-value.js';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { ascii, concat, hex } from '../support/bytes.js';
import { fixture } from '../support/fixture.js';

/** The octets of a text, in hex digits. */
const text = (octets: string): string => Buffer.from(ascii(octets)).toString('hex');

/** A value of each type. @see AMQP 1.0, part 1, section 1.6 */
const VALUES: readonly (readonly [what: string, octets: string, value: Amqp10Value])[] = [
  ['null', '40', null],
  ['true', '41', true],
  ['false', '42', false],
  ['boolean of one octet, true', '56 01', true],
  ['boolean of one octet, false', '56 00', false],
  ['ubyte', '50 ff', 255],
  ['ushort', '60 0102', 258],
  ['uint', '70 ffffffff', 0xffff_ffff],
  ['small uint', '52 ff', 255],
  ['uint 0', '43', 0],
  ['ulong', '80 0000000000000010', 16n],
  ['small ulong', '53 10', 16],
  ['ulong 0', '44', 0],
  ['binary', 'a0 02 00ff', hex('00ff')],
  ['long binary', 'b0 00000002 00ff', hex('00ff')],
  ['string', `a1 03 ${text('abc')}`, 'abc'],
  ['string of UTF-8', 'a1 02 c3bc', 'ü'],
  ['long string', `b1 00000003 ${text('abc')}`, 'abc'],
  ['symbol', `a3 05 ${text('PLAIN')}`, 'PLAIN'],
  ['long symbol', `b3 00000005 ${text('PLAIN')}`, 'PLAIN'],
  ['empty list', '45', []],
  ['list', 'c0 04 02 40 53 01', [null, 1]],
  ['long list', 'd0 00000007 00000002 40 53 01', [null, 1]],
  ['map', `c1 06 02 a1 01 ${text('a')} 53 07`, new Map<Amqp10Value, Amqp10Value>([['a', 7]])],
  ['long map', `d1 00000009 00000002 a1 01 ${text('a')} 53 07`, new Map<Amqp10Value, Amqp10Value>([['a', 7]])],
  ['array', `e0 07 02 a3 01 ${text('a')} 02 ${text('bc')}`, ['a', 'bc']],
  ['long array', `f0 0000000a 00000002 a3 01 ${text('a')} 02 ${text('bc')}`, ['a', 'bc']],
  ['described value', '00 53 10 45', { descriptor: 16, value: [] }],
  // Types that are skipped.
  ['byte', '51 80', null],
  ['small int', '54 80', null],
  ['small long', '55 80', null],
  ['short', '61 8000', null],
  ['int', '71 80000000', null],
  ['float', '72 3f800000', null],
  ['char', '73 00000041', null],
  ['decimal32', '74 00000000', null],
  ['long', '81 8000000000000000', null],
  ['double', '82 3ff0000000000000', null],
  ['timestamp', '83 0000018bcfe56800', null],
  ['decimal64', '84 0000000000000000', null],
  ['decimal128', '94 00000000000000000000000000000000', null],
  ['uuid', '98 00000000000000000000000000000000', null],
];

for (const [what, octets, value] of VALUES) {
  test(`a value is decoded: ${what}`, (t) => t.deepEqual(decodeAmqp10(hex(octets)), value));
}

test('octets after the value are ignored', (t) => {
  for (const [what, octets, value] of VALUES) t.deepEqual(decodeAmqp10(hex(`${octets} ff`)), value, what);
});

test('a value in a list is followed by the next one, even if its type is skipped', (t) => {
  for (const [what, octets, value] of VALUES) {
    const body = concat(hex(octets), hex('53 2a'));
    const list = concat(Uint8Array.of(0xc0, body.length + 1, 2), body);
    t.deepEqual(decodeAmqp10(list), [value, 42], what);
  }
});

test('a truncated value is malformed, wherever it is cut', (t) => {
  for (const [what, octets] of VALUES) {
    const whole = hex(octets);
    for (let end = 0; end < whole.length; end++) {
      t.throws(() => decodeAmqp10(whole.subarray(0, end)), { instanceOf: MalformedError }, `${what} after ${end}`);
    }
  }
});

test('the mechanisms of a real broker are decoded, and malformed wherever they are cut', (t) => {
  // After the protocol header and the 8 octets of a frame header.
  const body = fixture('sasl-mechanisms-4.0.5').subarray(16);
  t.deepEqual(decodeAmqp10(body), { descriptor: 64, value: [['PLAIN', 'AMQPLAIN', 'ANONYMOUS']] });
  for (let end = 0; end < body.length; end++) {
    t.throws(() => decodeAmqp10(body.subarray(0, end)), { instanceOf: MalformedError }, String(end));
  }
});

for (const code of ['01', '10', '20', '30', '3f']) {
  test(`no value begins with 0x${code}`, (t) => {
    t.throws(() => decodeAmqp10(hex(`${code} 00000000`)), {
      instanceOf: MalformedError,
      message: new RegExp(`0x${Number.parseInt(code, 16).toString(16)}`),
    });
  });
}

for (const [what, octets] of [
  ['a list', 'd0 00000005 ffffffff 40'],
  ['a map', 'd1 00000005 ffffffff 40'],
  ['an array', 'f0 00000006 ffffffff 50 00'],
  ['an array of missing octets', 'f0 00000005 ffffffff a0'],
  ['an array of described values', 'f0 00000006 ffffffff 00 00'],
] as const) {
  test(`a false count of 4 billion elements reserves no memory: ${what}`, (t) => {
    const before = process.memoryUsage().heapUsed;
    try {
      t.deepEqual(decodeAmqp10(hex(octets)), []);
    } catch (error) {
      t.true(error instanceof MalformedError);
    }
    t.true(process.memoryUsage().heapUsed - before < 16e6);
  });
}

test('an array of elements of width 0 is empty', (t) => {
  for (const code of ['40', '41', '42', '43', '44', '45']) {
    t.deepEqual(decodeAmqp10(hex(`f0 00000005 ffffffff ${code}`)), []);
  }
});

test('values can be nested 32 levels deep, but not deeper', (t) => {
  const nested = (depth: number): Uint8Array => {
    let octets = hex('40');
    for (let at = 0; at < depth; at++) {
      const size = new Uint8Array(4);
      new DataView(size.buffer).setUint32(0, octets.length + 4);
      octets = concat(hex('d0'), size, hex('00000001'), octets);
    }
    return octets;
  };
  t.notThrows(() => decodeAmqp10(nested(32)));
  t.throws(() => decodeAmqp10(nested(33)), { instanceOf: MalformedError });
  t.throws(() => decodeAmqp10(nested(5_000)), { instanceOf: MalformedError });
  t.throws(() => decodeAmqp10(new Uint8Array(100_000)), { instanceOf: MalformedError });
});

/** Octets that look like values, so that the decoder reads far into them. */
const anyOctets = fc
  .array(fc.oneof(fc.constantFrom(...VALUES.map(([, octets]) => hex(octets))), fc.uint8Array({ maxLength: 6 })), {
    maxLength: 8,
  })
  .map((parts) => concat(...parts));

test('decoding throws only MalformedError', (t) => {
  const decode = (octets: Uint8Array) => {
    try {
      decodeAmqp10(octets);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  };
  t.notThrows(() => fc.assert(fc.property(anyOctets, decode), { numRuns: 500 }));
  const list = (octets: Uint8Array, count: number) =>
    concat(Uint8Array.of(0xc0, (octets.length + 1) & 255, count), octets);
  t.notThrows(() => fc.assert(fc.property(anyOctets, fc.nat(255), (octets, count) => decode(list(octets, count)))));
});
