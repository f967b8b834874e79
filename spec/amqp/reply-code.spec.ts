import test from 'ava';
import { cutReplyText, REPLY_CODES, replyName, replyText } from '../../lib/amqp/reply-code.js';

test('a reply code has a name, and any other number does not', (t) => {
  t.is(replyName(320), 'CONNECTION_FORCED');
  for (const code of [0, 310, -1, 1.5, Number.NaN]) t.is(replyName(code), undefined);
  t.is(Object.keys(REPLY_CODES).length, 19);
});

test("a reply text begins with the code's name", (t) => {
  t.is(replyText(530, 'vhost nope not found'), 'NOT_ALLOWED - vhost nope not found');
});

test('a text of 255 octets is kept; a longer one is truncated to 252 octets and three dots', (t) => {
  t.is(cutReplyText('x'.repeat(255)), 'x'.repeat(255));
  t.is(cutReplyText('x'.repeat(256)), `${'x'.repeat(252)}...`);
});

test('no character is cut in half', (t) => {
  t.is(cutReplyText(`x${'é'.repeat(200)}`), `x${'é'.repeat(125)}...`);
});
