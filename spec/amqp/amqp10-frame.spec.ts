import test from 'ava';
import fc from 'fast-check';
import { type Amqp10FrameHeader, Amqp10FrameReader, type HeaderVerdict } from '../../lib/amqp/amqp10-frame.js';
import { AMQP, begin10, close10, described, frame10, list, open10, SASL, saslInit } from '../support/amqp10.js';
import { concat, hex, splits } from '../support/bytes.js';

type Returned = { readonly channel: number; readonly body: Uint8Array };

/** The frames returned for octets that arrive in these parts. */
function read(reader: Amqp10FrameReader, ...parts: readonly Uint8Array[]): readonly Returned[] {
  const frames: Returned[] = [];
  for (const part of parts) {
    for (let [frame, rest] = reader.next(part); ; [frame, rest] = reader.next(rest)) {
      if (!frame) break;
      frames.push({ channel: frame.header.channel, body: Uint8Array.from(frame.body) });
    }
  }
  return frames;
}

const readerOf = (layer: 'sasl' | 'amqp', judge: (header: Amqp10FrameHeader) => HeaderVerdict = () => 'frame') =>
  new Amqp10FrameReader(layer, judge);

/** The reader of a connection that is open. */
function openReader(): Amqp10FrameReader {
  const reader = readerOf('amqp');
  reader.returnsAll = false;
  return reader;
}

const open = open10('vhost:/', 'app', '1');
const body = (octets: Uint8Array): Uint8Array => octets.subarray(8);
/** A transfer, which the reader skips, with a payload of this size. */
const transfer = (length: number) =>
  frame10(AMQP, concat(described(0x14, list()), new Uint8Array(length)), { channel: 3 });

test('once the connection is open, only open and close are returned, wherever the octets are split', (t) => {
  const octets = concat(open, begin10(), frame10(AMQP, hex('')), transfer(300), close10());
  const expected = [open, close10()].map((frame) => ({ channel: 0, body: body(frame) }));
  for (const parts of splits(octets)) t.deepEqual(read(openReader(), ...parts), expected);
  t.deepEqual(read(openReader(), ...Array.from(octets, (octet) => Uint8Array.of(octet))), expected);
});

test('the frames returned, the channel and the loss of the boundary are the same if ordinary headers are not judged', (t) => {
  const LIMIT = 320;
  const judge = ({ size, dataOffset, type }: Amqp10FrameHeader): HeaderVerdict => {
    if (size > LIMIT) return 'next header';
    return type === AMQP && dataOffset >= 2 ? 'frame' : 'stop';
  };
  const header = fc.record({ channel: fc.nat(3), dataOffset: fc.nat(4) }, { requiredKeys: [] });
  const anyPart = fc.oneof(
    fc.constantFrom(open, close10(), begin10(), transfer(20), transfer(LIMIT)),
    fc.tuple(fc.nat(1), fc.uint8Array({ maxLength: 8 }), header).map((frame) => frame10(...frame)),
    fc.uint8Array({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 400 })), (parts, sizes) => {
      const [judged, unjudged] = [readerOf('amqp', judge), readerOf('amqp', judge)];
      for (const reader of [judged, unjudged]) reader.returnsAll = false;
      unjudged.frameMax = LIMIT;
      let rest = concat(...parts);
      for (const size of [...sizes, rest.length]) {
        t.deepEqual(read(unjudged, rest.subarray(0, size)), read(judged, rest.subarray(0, size)));
        t.deepEqual(
          [unjudged.channel, unjudged.isLost, unjudged.inside],
          [judged.channel, judged.isLost, judged.inside],
        );
        rest = rest.subarray(size);
      }
    }),
    { numRuns: 1000 },
  );
});

test('until then, every frame with a body is returned', (t) => {
  const frames = [saslInit(), frame10(SASL, hex('01')), frame10(SASL, described(0x99, list())), begin10()];
  t.deepEqual(
    read(readerOf('sasl'), concat(...frames, frame10(SASL, hex('')))).map((frame) => frame.body),
    frames.map(body),
  );
});

test('an extended header is not part of the body', (t) => {
  const performative = described(0x18, list());
  const octets = frame10(AMQP, concat(hex('01020304'), performative), { dataOffset: 3 });
  for (const parts of splits(octets))
    t.deepEqual(read(readerOf('amqp'), ...parts), [{ channel: 0, body: performative }]);
});

test('a data offset after the end of the frame leaves an empty body', (t) => {
  for (const reader of [readerOf('amqp'), openReader()]) {
    const octets = concat(frame10(AMQP, hex('0102'), { dataOffset: 255 }), begin10());
    t.deepEqual(read(reader, ...Array.from(octets, (octet) => Uint8Array.of(octet)))[0], { channel: 0, body: hex('') });
  }
});

test('the reader is inside a frame until the last octet has arrived', (t) => {
  for (const frame of [open, begin10(), transfer(9_000)]) {
    const reader = readerOf('amqp');
    for (const [at, octet] of Array.from(frame).entries()) {
      read(reader, Uint8Array.of(octet));
      const isInside = at >= 7 && at < frame.length - 1;
      t.is(reader.inside !== null, isInside, `octet ${at} of ${frame.length}`);
    }
  }
});

test('the current frame has the fields of its header', (t) => {
  const reader = readerOf('amqp');
  read(reader, frame10(AMQP, hex('00'), { channel: 0x1234, size: 99 }));
  t.deepEqual(reader.inside, {
    size: 99,
    dataOffset: 2,
    type: 0,
    channel: 0x1234,
    octets: hex('00000063 02 00 1234'),
  });
});

test('a rejected header ends reading, and no other header is checked', (t) => {
  const asked: number[] = [];
  const reader = readerOf('amqp', ({ type }) => {
    asked.push(type);
    return type === AMQP ? 'frame' : 'stop';
  });
  t.is(read(reader, concat(open, frame10(7, hex('00')), close10()), close10()).length, 1);
  t.deepEqual(asked, [AMQP, 7]);
  t.true(reader.isLost);
  t.is(reader.inside, null);
});

for (const [what, octets] of [
  ['a size of less than a header', frame10(AMQP, hex(''), { size: 7 })],
  ['a data offset into the header', frame10(AMQP, hex('00'), { dataOffset: 1 })],
] as const) {
  test(`${what} ends reading even if the header is accepted`, (t) => {
    const reader = readerOf('amqp');
    t.deepEqual(read(reader, concat(octets, close10())), []);
    t.true(reader.isLost);
  });
}

test('the next header may follow a header at once', (t) => {
  const reader = readerOf('amqp', ({ size }) => (size > 100 ? 'next header' : 'frame'));
  const octets = concat(frame10(AMQP, hex(''), { size: 0xffff_ffff }), close10());
  for (const parts of splits(octets)) t.is(read(reader, ...parts).length, 1);
  t.false(reader.isLost);
});

test('only the first octets of a frame of more than 8192 octets are returned, without reserving memory', (t) => {
  const large = frame10(SASL, new Uint8Array(8_185));
  const largest = frame10(SASL, new Uint8Array(8_184));
  t.deepEqual(
    read(readerOf('sasl'), concat(large, largest)).map(({ body }) => body.length),
    [3, 8_184],
  );
  const reader = openReader();
  read(reader, frame10(AMQP, described(0x10, list()), { size: 0xffff_ffff }), new Uint8Array(1e6));
  t.false(reader.isLost);
  t.is(read(openReader(), concat(large, largest)).length, 0);
});

test('a returned frame is not changed by later octets', (t) => {
  const reader = readerOf('amqp');
  const [first] = reader.next(open);
  read(reader, concat(close10('amqp:internal-error', 'xxxx'), close10()));
  t.deepEqual(first?.body, body(open));
});

test('the reader never throws, and the result does not depend on where the octets are split', (t) => {
  const anyPart = fc.oneof(fc.constantFrom(open, close10(), begin10(), transfer(20), saslInit()), fc.uint8Array());
  fc.assert(
    fc.property(fc.constantFrom('sasl', 'amqp'), fc.array(anyPart, { maxLength: 5 }), (layer, parts) => {
      const whole = readerOf(layer);
      const cut = readerOf(layer);
      const octets = concat(...parts);
      const frames = read(whole, octets);
      t.deepEqual(read(cut, ...Array.from(octets, (octet) => Uint8Array.of(octet))), frames);
      t.is(cut.isLost, whole.isLost);
      t.deepEqual(cut.inside, whole.inside);
    }),
  );
});
