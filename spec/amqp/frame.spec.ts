import test from 'ava';
import { encodeFrame, FRAME_TYPE, HEARTBEAT, readFrameHeader } from '../../lib/amqp/frame.js';
import { toHex } from '../../lib/amqp/header.js';

test('a frame is type, channel, size, payload and the frame end', (t) => {
  t.is(toHex(encodeFrame(FRAME_TYPE.body, 0x0102, Uint8Array.of(0xaa, 0xbb))), '03010200000002aabbce');
});

test('a heartbeat is an empty frame on channel 0', (t) => {
  t.is(toHex(HEARTBEAT), '08000000000000ce');
});

test('a GET is read as the frame header that RabbitMQ reads from it', (t) => {
  t.deepEqual(readFrameHeader(Buffer.from('GET / HTTP/1.1')), { type: 71, channel: 17748, size: 539959368 });
});

test('a type or channel that does not fit in a frame is a RangeError', (t) => {
  t.throws(() => encodeFrame(256, 0, new Uint8Array()), { instanceOf: RangeError });
  t.throws(() => encodeFrame(1, 0x1_0000, new Uint8Array()), { instanceOf: RangeError });
});
