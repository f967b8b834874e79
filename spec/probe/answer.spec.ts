import test from 'ava';
import { HEARTBEAT } from '../../lib/amqp/frame.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import { isAnswered } from '../../lib/probe/answer.js';
import { fixture } from '../support/fixture.js';

/** What RabbitMQ 4.0.5 answered to AMQP 1.0: the header, then the mechanisms PLAIN, AMQPLAIN and ANONYMOUS. */
const sasl = fixture('sasl-mechanisms-4.0.5');

for (const [what, answer] of [
  ['Connection.Start', fixture('connection-start-3.10.8')],
  ['a header with a SASL frame', sasl],
] as const) {
  test(`${what} is an answer once its last octet arrives`, (t) => {
    for (let at = 0; at < answer.length; at++) t.false(isAnswered(answer.subarray(0, at)), `${at} octets`);
    t.true(isAnswered(answer));
    t.true(isAnswered(Buffer.concat([answer, Uint8Array.of(1)])));
  });
}

test('a header, a heartbeat, text, and a frame with a wrong end octet are not answers', (t) => {
  t.false(isAnswered(protocolHeader(0, 0, 9, 1)));
  t.false(isAnswered(HEARTBEAT));
  t.false(isAnswered(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')));
  t.false(isAnswered(Buffer.from('0100000000000000', 'hex')));
});
