import test from 'ava';
import fc from 'fast-check';
import { encodeFrame, FRAME_TYPE, isFrameType } from '../../lib/amqp/frame.js';
import { FrameReader } from '../../lib/amqp/frame-reader.js';
import { Skimmer } from '../../lib/amqp/skimmer.js';
import { CLOSE_OK, client, concat, HEARTBEAT, hex, splits } from '../support/bytes.js';

/** The largest frame that is decoded. */
const FRAME_MAX = 4096;

type Skimmed = { readonly picked: readonly string[]; readonly isLost: boolean; readonly channel: number };

/** The methods picked out of octets that arrive in these parts. */
function skim(...parts: readonly Uint8Array[]): Skimmed {
  const picked: string[] = [];
  const skimmer = new Skimmer((payload) => picked.push(Buffer.from(payload).toString('hex')));
  for (const part of parts) skimmer.push(part);
  const { isLost, channel } = skimmer;
  return { picked, isLost, channel };
}

/** The same methods, found by reading whole frames. */
function read(octets: Uint8Array): readonly string[] {
  return new FrameReader({ maxPayload: 0xffff_ffff })
    .read(octets)
    .filter(({ type, channel, payload }) => type === 1 && channel === 0 && payload.length + 8 <= FRAME_MAX)
    .map(({ payload }) => Buffer.from(payload).toString('hex'));
}

const anyFrame = fc
  .tuple(
    fc.oneof(fc.constantFrom(...Object.values(FRAME_TYPE)), fc.integer({ min: 0, max: 255 })),
    fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })),
    fc.oneof(
      { weight: 8, arbitrary: fc.uint8Array({ maxLength: 40 }) },
      // Around the largest frame that is decoded.
      { weight: 1, arbitrary: fc.integer({ min: FRAME_MAX - 10, max: FRAME_MAX }).map((size) => new Uint8Array(size)) },
    ),
  )
  .map(([type, channel, payload]) => encodeFrame(type, channel, payload));
const anyFrames = fc.array(anyFrame, { maxLength: 8 }).map((frames) => concat(...frames));

/** The octets, split at these places. */
function cut(octets: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (octets.length + 1)))].sort((a, b) => a - b);
  return [...ends, octets.length].map((end, at) => octets.subarray(at === 0 ? 0 : ends[at - 1], end));
}
const anyPlaces = fc.array(fc.nat(), { maxLength: 12 });

test('the skimmer picks out the methods and sees the last channel that FrameReader finds, wherever the octets are split', (t) => {
  fc.assert(
    fc.property(anyFrames, anyPlaces, (octets, places) => {
      const channel = new FrameReader({ maxPayload: 0xffff_ffff }).read(octets).at(-1)?.channel ?? 0;
      t.deepEqual(skim(...cut(octets, places)), { picked: read(octets), isLost: false, channel });
    }),
  );
});

test('the skimmer picks out only methods of channel 0, in order', (t) => {
  const octets = concat(
    encodeFrame(1, 1, hex('0014000a00')),
    HEARTBEAT,
    client.close(),
    encodeFrame(3, 0, hex('000a0033')),
    encodeFrame(2, 0, hex('000a0033')),
    CLOSE_OK,
  );
  const close = Buffer.from(client.close().subarray(7, -1)).toString('hex');
  for (const parts of splits(octets)) t.deepEqual(skim(...parts).picked, [close, '000a0033']);
  t.deepEqual(skim(...Array.from(octets, (octet) => Uint8Array.of(octet))).picked, [close, '000a0033']);
});

test('the channel is that of the last frame that began', (t) => {
  const octets = concat(encodeFrame(1, 7, hex('0014000a00')), encodeFrame(3, 0x1234, hex('00')).subarray(0, 7));
  t.is(skim(octets.subarray(0, 6)).channel, 0);
  t.is(skim(octets.subarray(0, 7)).channel, 7);
  t.is(skim(octets).channel, 0x1234);
});

test('a frame that is longer than any method is skipped', (t) => {
  const [largest, larger] = [FRAME_MAX - 8, FRAME_MAX - 7].map((size) => encodeFrame(1, 0, new Uint8Array(size)));
  t.is(skim(largest as Uint8Array, CLOSE_OK).picked.length, 2);
  t.deepEqual(skim(larger as Uint8Array, CLOSE_OK).picked, ['000a0033']);
});

test('a wrong frame end loses the boundary: nothing after it is picked out', (t) => {
  for (const [type, channel] of [
    [1, 0],
    [1, 1],
    [3, 0],
    [8, 0],
  ] as const) {
    const broken = encodeFrame(type, channel, hex('000a0033'));
    broken[broken.length - 1] = 0;
    for (const parts of splits(concat(CLOSE_OK, broken, CLOSE_OK))) {
      t.like(skim(...parts), { picked: ['000a0033'], isLost: true });
    }
  }
});

test('the boundary is lost wherever FrameReader loses it, and at the header of a huge frame of no type', (t) => {
  fc.assert(
    fc.property(anyFrames, fc.uint8Array({ maxLength: 60 }), anyPlaces, (frames, garbage, places) => {
      const octets = concat(frames, garbage);
      const reader = new FrameReader({ maxPayload: 0xffff_ffff });
      reader.read(octets);
      // Octets that only look like the header of a huge frame are not a frame, but the reader waits for one.
      const { callback } = reader;
      const isHuge = callback.name === 'frame_payload' && callback.size > 131_072 && !isFrameType(callback.type);
      t.is(skim(...cut(octets, places)).isLost, reader.problem !== undefined || isHuge);
    }),
  );
});

test('an announced frame of 4 GiB is skipped without reserving memory', (t) => {
  const { picked, isLost } = skim(hex('01 0000 ffffffff'), CLOSE_OK, new Uint8Array(1e6));
  t.deepEqual({ picked, isLost }, { picked: [], isLost: false });
});
