import test from 'ava';
import fc from 'fast-check';
import { encodeFrame } from '../../lib/amqp/frame.js';
import { FrameCutter } from '../../lib/amqp/frame-cutter.js';
import { concat, HEARTBEAT, hex, splits } from '../support/bytes.js';

const anyFrame = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 0xffff }), fc.uint8Array({ maxLength: 40 }))
  .map(([type, channel, payload]) => encodeFrame(type, channel, payload));
const anySizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });

/** The octets in chunks of these sizes, each in a buffer that is cleared before the next one arrives. */
function* chunks(octets: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, nth = 0; at < octets.length; nth++) {
    const size = sizes[nth % sizes.length] as number;
    const chunk = octets.slice(at, at + size);
    yield chunk;
    chunk.fill(0xee);
    at += size;
  }
}

test('frames are taken whole, in parts or skipped, and none is lost, wherever the octets are split', (t) => {
  const ways = fc.array(fc.constantFrom('take', 'take the header', 'skip'), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(anyFrame), ways, anySizes, (frames, ways, sizes) => {
      const cutter = new FrameCutter();
      const got: Uint8Array[] = [];
      let nth = 0;
      for (const chunk of chunks(concat(...frames), sizes)) {
        cutter.read(chunk);
        // Octets are left to take only if the frame's header was taken.
        if (ways[(nth - 1) % ways.length] === 'take the header' && cutter.left > 0) {
          got[nth - 1] = concat(got[nth - 1] as Uint8Array, cutter.takePiece());
        }
        while (cutter.readHeader()) {
          const way = ways[nth % ways.length];
          const taken = way === 'skip' ? new Uint8Array() : cutter.take(way === 'take' ? undefined : 7);
          if (taken === undefined) continue;
          if (way === 'skip') cutter.skip();
          const more = way === 'take the header' ? cutter.takePiece() : new Uint8Array();
          got[nth] = concat(taken, more);
          nth += 1;
        }
      }
      t.deepEqual(
        got,
        frames.map((frame, at) => (ways[at % ways.length] === 'skip' ? new Uint8Array() : frame)),
      );
    }),
  );
});

test('skipping holds at most a frame header', (t) => {
  for (const [head, tail] of splits(encodeFrame(3, 1, new Uint8Array(30)))) {
    const cutter = new FrameCutter();
    for (const chunk of [head, tail]) {
      cutter.read(chunk);
      while (cutter.readHeader()) cutter.skip();
      t.true(cutter.held.length < 7);
    }
    t.deepEqual([cutter.held.length, cutter.left], [0, 0]);
  }
});

test('an announced frame of 4 GiB reserves no memory', (t) => {
  const cutter = new FrameCutter();
  cutter.read(hex('01 0000 ffffffff 00'));
  t.true(cutter.readHeader());
  t.is(cutter.size, 0xffff_ffff);
  t.is(cutter.take(), undefined);
  t.true(cutter.held.buffer.byteLength <= 16);
});

test('a frame with a wrong frame end is not taken, and can be read as octets', (t) => {
  const broken = hex('01 0000 00000004 000a0033 00');
  for (const [head, tail] of splits(broken)) {
    if (tail.length === 0) continue;
    const cutter = new FrameCutter();
    for (const chunk of [head, concat(tail, HEARTBEAT)]) {
      cutter.read(chunk);
      if (cutter.readHeader()) t.is(cutter.take(), undefined);
    }
    t.true(cutter.isLost);
    t.deepEqual(concat(cutter.held, cutter.takeRest()), concat(broken, HEARTBEAT));
    t.false(cutter.readHeader());
  }
});

test('a frame with a wrong frame end that is skipped loses the boundary', (t) => {
  for (const parts of splits(hex('01 0000 00000004 000a0033 00'))) {
    const cutter = new FrameCutter();
    for (const chunk of parts) {
      cutter.read(chunk);
      while (cutter.readHeader()) cutter.skip();
    }
    t.true(cutter.isLost);
  }
});

test('the rest of a chunk can be taken after a frame', (t) => {
  const cutter = new FrameCutter();
  cutter.read(concat(HEARTBEAT, hex('0102')));
  t.true(cutter.readHeader());
  t.deepEqual(cutter.take(), HEARTBEAT);
  t.deepEqual(cutter.takeRest(), hex('0102'));
  t.false(cutter.readHeader());
});
