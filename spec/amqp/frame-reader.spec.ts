import test from 'ava';
import fc from 'fast-check';
import { encodeFrame, type Frame, HEARTBEAT } from '../../lib/amqp/frame.js';
import { FrameReader } from '../../lib/amqp/frame-reader.js';
import { fixture } from '../support/fixture.js';

const frames: readonly Frame[] = [
  { type: 1, channel: 0, payload: Uint8Array.of(0, 10, 0, 51) },
  { type: 8, channel: 0, payload: new Uint8Array() },
  { type: 3, channel: 0xffff, payload: new Uint8Array(16).fill(0xce) },
];
const octets = Buffer.concat(frames.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)));

/** Reads chunks as a socket delivers them: in a buffer that is reused for the next one. */
function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): Frame[] {
  return chunks.flatMap((chunk) => {
    const reused = Uint8Array.from(chunk);
    const read = reader.read(reused).map((frame) => ({ ...frame, payload: Uint8Array.from(frame.payload) }));
    reused.fill(0xee);
    return read;
  });
}

function open(maxPayload = 16): FrameReader {
  return new FrameReader({ maxPayload });
}

test('frames are the same wherever their octets are split in two', (t) => {
  for (let at = 0; at <= octets.length; at++) {
    const reader = open();
    t.deepEqual(readAll(reader, [octets.subarray(0, at), octets.subarray(at)]), [...frames], `split at ${at}`);
    t.is(reader.held.length, 0);
  }
});

test('frames that arrive octet by octet are the same', (t) => {
  t.deepEqual(
    readAll(
      open(),
      [...octets].map((octet) => Uint8Array.of(octet)),
    ),
    [...frames],
  );
});

test("a real broker's first frame is one frame wherever it is split", (t) => {
  const start = fixture('connection-start-3.10.8');
  for (let at = 0; at <= start.length; at++) {
    const [frame, ...more] = readAll(open(4096), [start.subarray(0, at), start.subarray(at)]);
    t.is(more.length, 0);
    t.deepEqual(frame, { type: 1, channel: 0, payload: Uint8Array.from(start.subarray(7, -1)) });
  }
});

test('frames survive every way of splitting them', (t) => {
  const frame = fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    channel: fc.integer({ min: 0, max: 0xffff }),
    payload: fc.uint8Array({ maxLength: 40 }),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, sizes) => {
        const octets = Buffer.concat(frames.map((frame) => encodeFrame(frame.type, frame.channel, frame.payload)));
        const chunks: Uint8Array[] = [];
        for (let at = 0, n = 0; at < octets.length; n++) {
          const size = sizes[n % sizes.length] as number;
          chunks.push(octets.subarray(at, at + size));
          at += size;
        }
        t.deepEqual(readAll(open(40), chunks), frames);
      }),
    ),
  );
});

test('the reader waits for a frame header until it has 7 octets, then for a payload until the frame end', (t) => {
  const frame = encodeFrame(1, 0, new Uint8Array(36));
  for (let at = 0; at < frame.length; at++) {
    const reader = open(4096);
    reader.read(frame.subarray(0, at));
    t.deepEqual(
      reader.callback,
      at < 7 ? { name: 'frame_header' } : { name: 'frame_payload', type: 1, channel: 0, size: 36 },
    );
    t.deepEqual(Buffer.from(reader.held), Buffer.from(frame.subarray(0, at)));
  }
});

test('after a whole frame the reader waits for the next frame header', (t) => {
  const reader = open();
  reader.read(HEARTBEAT);
  t.deepEqual(reader.callback, { name: 'frame_header' });
});

test('a payload above the limit is a problem as soon as its frame header is known, wherever that is split', (t) => {
  const bad = encodeFrame(3, 1, new Uint8Array(17));
  for (let at = 0; at <= 7; at++) {
    const reader = open();
    t.deepEqual(readAll(reader, [octets, bad.subarray(0, at), bad.subarray(at, 7)]), [...frames]);
    t.deepEqual(reader.problem, { name: 'frame_too_large', type: 3, channel: 1, size: 17, maxPayload: 16 });
    t.deepEqual(reader.callback, { name: 'frame_header' });
  }
});

test('a wrong frame end is a problem that contains the frame, wherever it is split', (t) => {
  const bad = encodeFrame(1, 0, Uint8Array.of(1, 2, 3));
  bad[bad.length - 1] = 0x2a;
  for (let at = 0; at <= bad.length; at++) {
    const reader = open();
    t.deepEqual(readAll(reader, [bad.subarray(0, at), bad.subarray(at)]), []);
    t.deepEqual(reader.problem, {
      name: 'invalid_frame_end_marker',
      type: 1,
      channel: 0,
      payload: Uint8Array.of(1, 2, 3),
      marker: 0x2a,
    });
  }
});

test('after a problem everything from the bad frame to the end of that chunk is held, and later chunks are not', (t) => {
  const bad = Buffer.from('GET / HTTP/1.1\r\n\r\n');
  for (let at = 0; at < 7; at++) {
    const reader = open();
    readAll(reader, [Buffer.concat([octets, bad.subarray(0, at)]), bad.subarray(at)]);
    t.is(Buffer.from(reader.held).toString(), bad.toString());
    t.deepEqual(reader.read(octets), []);
    t.is(reader.held.length, bad.length);
  }
});

test('a new limit applies from the next frame header', (t) => {
  const frame = encodeFrame(3, 1, new Uint8Array(20));
  const reader = open(16);
  reader.maxPayload = 20;
  t.is(reader.read(frame).length, 1);
  reader.maxPayload = 19;
  t.is(reader.read(frame).length, 0);
  t.is(reader.problem?.name, 'frame_too_large');
});

test('the reader never throws, and holds at most one frame and the last chunk', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
        const reader = open(64);
        for (const chunk of chunks) {
          reader.read(chunk);
          const bound = 64 + 8 + (reader.problem ? 64 : 0);
          if (reader.held.length > bound) throw new Error(`${reader.held.length} octets held`);
        }
      }),
    ),
  );
});
