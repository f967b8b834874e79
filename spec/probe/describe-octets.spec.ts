import test from 'ava';
import fc from 'fast-check';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { HEARTBEAT } from '../../lib/amqp/frame.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import { describeOctets } from '../../lib/probe/describe-octets.js';
import { fixture } from '../support/fixture.js';

const start = fixture('connection-start-3.10.8');
const close = encodeMethodFrame({
  name: 'connection.close',
  replyCode: 530,
  replyText: 'NOT_ALLOWED - vhost nope not found',
  classId: 10,
  methodId: 40,
});
const saslFrame = Buffer.from('0000000c02010000005340c0', 'hex');

const described: readonly (readonly [octets: Uint8Array, text: string])[] = [
  [new Uint8Array(), '-'],
  [protocolHeader(0, 0, 9, 1), 'AMQP 0 0 9 1'],
  [Buffer.from('AMQP0091'), 'AMQP0091'],
  [Buffer.from('\n\n\n\n'), '....'],
  [Buffer.concat([protocolHeader(3, 1, 0, 0), saslFrame]), 'AMQP 3 1 0 0, SASL frame (12 bytes)'],
  [Buffer.concat([protocolHeader(0, 0, 9, 1), HEARTBEAT]), 'AMQP 0 0 9 1, then (8 bytes)'],
  [start, `Connection.Start 0-9 (${start.length} bytes)`],
  [Buffer.concat([start, HEARTBEAT]), `Connection.Start 0-9 (${start.length} bytes, then 8 more)`],
  [close, `Connection.Close 530 NOT_ALLOWED - vhost nope not found (${close.length} bytes)`],
  [encodeMethodFrame({ name: 'connection.open-ok' }), 'Connection.Open-Ok (13 bytes)'],
  [start.subarray(0, -1), `..................capabi… (${start.length - 1} bytes)`],
  [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'HTTP/1.1 400 Bad Request… (28 bytes)'],
];

for (const [octets, text] of described) {
  test(`"${text}" describes its octets`, (t) => {
    t.is(describeOctets(octets), text);
  });
}

test('the description of any octets is one line of printable characters', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
        t.regex(describeOctets(octets), /^[\x20-\x7e…]+$/);
      }),
    ),
  );
});
