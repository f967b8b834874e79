import test from 'ava';
import { amqpErrorTerm, frameError, malformedPlain, unexpectedFrame } from '../../lib/amqp/amqp-error.js';
import { dialectOf } from '../../lib/amqp/dialect.js';
import { prettyPrint } from '../../lib/amqp/erlang-pretty.js';
import { ascii, concat, hex, plain } from '../support/bytes.js';

const [OLD, NEW] = [dialectOf('3.10.8'), dialectOf('4.3.6')] as const;

test('the error for a bad frame end contains the payload and the wrong octet', (t) => {
  const problem = { name: 'invalid_frame_end_marker', type: 1, channel: 0, payload: hex('00 0a 00 28'), marker: 0 };
  t.deepEqual(frameError({ ...problem, name: 'invalid_frame_end_marker' }, OLD), {
    name: 'frame_error',
    explanation: 'type 1, all octets = <<0,10,0,40>>: {invalid_frame_end_marker,0}',
    method: 'none',
  });
});

test('only the first 16 octets of a longer payload are shown', (t) => {
  const shown = (length: number) =>
    unexpectedFrame({ type: 3, channel: 0, payload: ascii('a'.repeat(length)) }, OLD).explanation;
  t.is(shown(0), 'type 3, all octets = <<>>');
  t.is(shown(16), `type 3, all octets = <<"${'a'.repeat(16)}">>`);
  t.is(shown(17), `type 3, first 16 octets = <<"${'a'.repeat(16)}">>`);
});

test('octets that contain the start of a secret are not shown', (t) => {
  const explanation = (payload: Uint8Array) => unexpectedFrame({ type: 1, channel: 1, payload }, OLD).explanation;
  t.is(explanation(hex('000a0015 00000002 7a5a')), 'type 1, all octets = <<...>>');
  t.is(explanation(hex('000a0015 00000000')), 'type 1, all octets = <<0,10,0,21,0,0,0,0>>');
  t.is(
    explanation(concat(hex('000a000b 00000000 05'), ascii('PLAIN'), hex('00000003'), ascii('\0a\0'))),
    'type 1, first 16 octets = <<0,10,0,11,0,0,0,0,5,80,76,65,73,78,0,0>>',
  );
});

test('the error for a frame that is too large contains the limit and no octets', (t) => {
  const problem = {
    name: 'frame_too_large',
    type: 65,
    channel: 19_793,
    size: 1_342_177_289,
    maxPayload: 4096,
  } as const;
  t.is(frameError(problem, OLD).explanation, 'type 65, all octets = <<>>: {frame_too_large,1342177289,4088}');
});

test('the error for a frame of unknown type contains its octets', (t) => {
  const frame = { name: 'unknown_frame', type: 5, channel: 0, payload: ascii('x') } as const;
  t.is(frameError(frame, OLD).explanation, 'type 5, all octets = <<"x">>: unknown_frame');
});

test('octets are printed in the format of the dialect', (t) => {
  const frame = { type: 3, channel: 0, payload: Buffer.from('grüße') };
  t.is(unexpectedFrame(frame, OLD).explanation, 'type 3, all octets = <<103,114,195,188,195,159,101>>');
  t.is(unexpectedFrame(frame, NEW).explanation, 'type 3, all octets = <<"grüße"/utf8>>');
});

test('a term that does not fit on the line continues below, at the column where it began', (t) => {
  const payload = Uint8Array.from({ length: 16 }, () => 130);
  const { explanation } = unexpectedFrame({ type: 3, channel: 0, payload }, OLD);
  const [first, second, ...others] = explanation.split('\n') as [string, string, ...string[]];
  t.true(first.length < 80);
  t.regex(second, /^ +130/);
  t.is(second.search(/\d/), 'type 3, all octets = <<'.length);
  t.deepEqual(others, []);
});

test('an error is printed as an Erlang tuple', (t) => {
  const error = unexpectedFrame({ type: 3, channel: 0, payload: hex('') }, OLD);
  t.is(
    prettyPrint(amqpErrorTerm(error), { letter: '~p', width: 0 }),
    '{amqp_error,unexpected_frame,"type 3, all octets = <<>>",none}',
  );
});

for (const [what, response, printed] of [
  ['no NULs', ascii('guest'), '<<"guest">>'],
  ['one NUL', ascii('\0guest'), '<<0,103,117,101,115,116>>'],
  ['nothing', hex(''), '<<>>'],
  ['a password', ascii('hunter2'), '<<...>>'],
  ['a password after the default user', ascii('guest\0hunter2'), '<<...>>'],
  ['an extra NUL', concat(plain('guest', 'hunter2'), hex('00')), '<<...>>'],
  ['an excessive length', ascii('guest'.repeat(100)), '<<...>>'],
] as const) {
  test(`a malformed PLAIN response is shown only if it contains no secret: ${what}`, (t) => {
    t.deepEqual(malformedPlain(response, OLD), {
      name: 'syntax_error',
      explanation: `response ${printed} invalid`,
      method: 'connection.start_ok',
    });
  });
}
