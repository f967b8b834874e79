import test from 'ava';
import { decodeMethod } from '../../../lib/amqp/connection-methods.js';
import { FRAME_END } from '../../../lib/amqp/frame.js';
import { paddedStart } from '../../../lib/faults/handshake/padded-start.js';
import { parseFault } from '../../../lib/faults/parse-fault.js';
import { broker, client, HEARTBEAT } from '../../support/bytes.js';
import { Gated, HEADER } from '../../support/gated.js';

const START = broker.start();
const MIB = 1024 ** 2;

/** How deeply the tables of a Start frame are nested, without recursion: each holds the next one as its last field. */
function depthOf(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const text = Buffer.from(frame).indexOf(Buffer.from([1, 0x6e, 0x46]));
  let depth = 0;
  for (let at = text, left = Number.POSITIVE_INFINITY; left > 0; at += 7, depth += 1) {
    left = view.getUint32(at + 3);
  }
  return depth;
}

const tableSizeOf = (frame: Uint8Array): number => Buffer.from(frame).readUInt32BE(13);

test('the server properties have exactly the size asked for, and nothing else changes', (t) => {
  const frame = paddedStart(START, { size: 10 * MIB, nesting: null });
  t.is(tableSizeOf(frame), 10 * MIB);
  t.is(frame.length, Buffer.from(frame).readUInt32BE(3) + 8);
  t.is(frame.at(-1), FRAME_END);
  const { serverProperties, ...others } = decodeMethod(frame.subarray(7, -1)) as never as {
    serverProperties: Map<string, { readonly value: string }>;
  };
  const { serverProperties: before, ...same } = decodeMethod(START.subarray(7, -1)) as never as {
    serverProperties: Map<string, unknown>;
  };
  t.deepEqual(others, same);
  t.deepEqual([...serverProperties.keys()], [...before.keys(), 'filler']);
  t.regex(serverProperties.get('filler')?.value.slice(0, 100) ?? '', /^x{100}$/);
});

test('tables are nested as deeply as asked for, also within properties of a size', (t) => {
  for (const nesting of [1, 2, 10_000, 100_000]) {
    for (const size of [null, MIB]) {
      const frame = paddedStart(START, { size, nesting });
      t.is(depthOf(frame), nesting);
      t.is(tableSizeOf(frame), size ?? tableSizeOf(START) + 7 * nesting);
      t.is(frame.length, Buffer.from(frame).readUInt32BE(3) + 8);
    }
  }
});

test('properties that are as large as asked for stay as they are', (t) => {
  t.deepEqual(paddedStart(START, { size: 0, nesting: null }), START);
  t.deepEqual(paddedStart(START, { size: tableSizeOf(START), nesting: null }), START);
  const more = paddedStart(START, { size: tableSizeOf(START) + 1, nesting: null });
  t.notThrows(() => decodeMethod(more.subarray(7, -1)), 'the smallest field is larger than what is missing');
});

test('connections share the frame of a broker', (t) => {
  const frame = paddedStart(START, { size: 2 * MIB, nesting: 5 });
  t.is(paddedStart(Uint8Array.from(START), { size: 2 * MIB, nesting: 5 }), frame);
  t.not(paddedStart(START, { size: 2 * MIB, nesting: 6 }), frame);
  t.not(paddedStart(broker.start({ version: '4.3.6' }), { size: 2 * MIB, nesting: 5 }), frame);
});

test('amqp_start sends a hostile Start, and the handshake is followed as usual', (t) => {
  const gated = new Gated([
    { type: 'amqp_start', attributes: { size: '10MiB', nesting: 10_000, mechanisms: 'PLAIN' } },
  ]);
  gated.from('client', HEADER).from('upstream', START);
  const sent = gated.take('client');
  t.is(tableSizeOf(sent), 10 * MIB);
  t.is(depthOf(sent), 10_000);
  gated.from('client', client.startOk()).from('upstream', broker.tune(), HEARTBEAT);
  t.is(gated.gate.knows.moment, 'tune');
  t.is(gated.gate.knows.user, 'guest');
});

test('size and nesting are bounded', (t) => {
  const start = (attributes: object) => () => parseFault({ type: 'amqp_start', proxy: 'amqp', attributes });
  t.notThrows(start({ size: '16MiB', nesting: 100_000 }));
  t.throws(start({ size: '17MiB' }), { message: 'attributes.size must be at most 16MiB, not "17MiB"' });
  t.throws(start({ nesting: 100_001 }), {
    message: 'attributes.nesting must be a whole number from 1 to 100000, not 100001',
  });
  t.throws(start({ nesting: 0 }), { message: 'attributes.nesting must be a whole number from 1 to 100000, not 0' });
});
