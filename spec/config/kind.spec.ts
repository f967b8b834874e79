import test from 'ava';
import * as z from 'zod';
import { addressOr, boolean, choice, duration, integer, listOf, sizeOr, subnet, text } from '../../lib/config/kind.js';

const refusal = (kind: z.ZodType, value: unknown): string | undefined =>
  kind.safeParse(value).error?.issues[0]?.message;

test('an invalid choice is reported with the valid words', (t) => {
  const close = choice('rst', 'fin');
  t.is(close.parse('fin'), 'fin');
  t.is(refusal(close, 'FIN'), 'must be one of rst, fin, not "FIN" (did you mean "fin"?)');
  t.is(refusal(close, null), 'must be one of rst, fin, not null');
});

test('an integer is a string of digits and at least the minimum', (t) => {
  t.is(integer(1).parse('100'), 100);
  for (const value of ['0', '-1', '1.0', '1e3', '0x10', '', ' 1', '9007199254740993']) {
    t.is(refusal(integer(1), value), `must be a whole number of at least 1, not "${value}"`);
  }
});

test('a boolean is true or false', (t) => {
  t.deepEqual(
    ['true', 'false'].map((value) => boolean().parse(value)),
    [true, false],
  );
  t.is(refusal(boolean(), 'yes'), 'must be true or false, not "yes"');
});

test('a duration has the bounds of its key', (t) => {
  const keepAlive = duration({ zero: 'allowed', minimum: 1_000, maximum: 32_400_000 });
  t.deepEqual(
    ['0s', '1s', '9h'].map((text) => keepAlive.parse(text)),
    [0, 1_000, 32_400_000],
  );
  for (const text of ['999ms', '10h']) t.is(refusal(keepAlive, text), `must be 0s, or from 1s to 9h, not "${text}"`);
});

test('a size is a number of bytes, has a unit, or is one of the words', (t) => {
  const size = sizeOr('auto', 'off');
  t.deepEqual(
    ['auto', 'off', '1', '128MiB'].map((text) => size.parse(text)),
    ['auto', 'off', 1, 134_217_728],
  );
  for (const text of ['0', '0MiB', '1.5GiB', '128MB', 'on', '']) {
    t.is(refusal(size, text), `must be auto, off or a size such as 256MiB, not "${text}"`);
  }
});

test('a zero duration is rejected if it would disable the feature', (t) => {
  t.is(duration({ zero: 'allowed' }).parse('0s'), 0);
  t.is(refusal(duration({ zero: 'refused' }), '0.1ms'), 'must be more than 0, not "0.1ms"');
});

test('a colon distinguishes an address from a word', (t) => {
  const upstream = addressOr(1, 'auto', 'stand-in');
  t.is(upstream.parse('stand-in'), 'stand-in');
  t.deepEqual(upstream.parse('a:1'), { host: 'a', port: 1 });
  t.is(refusal(upstream, 'standin'), 'must be auto, stand-in or HOST:PORT, not "standin" (did you mean "stand-in"?)');
  t.is(refusal(upstream, 'a:0'), 'must have a port from 1 to 65535, not "a:0"');
});

test('a list can be a list or text with commas', (t) => {
  const list = listOf(integer(1), { syntax: 'N, ...' });
  t.deepEqual(list.parse(['1', '2']), [1, 2]);
  t.deepEqual(list.parse('1, 2'), [1, 2]);
  t.deepEqual(list.parse([]), []);
  t.deepEqual(z.encode(list, [1, 2]), ['1', '2']);
  t.is(refusal(list, '1,x'), 'must be a whole number of at least 1, not "x"');
  t.is(refusal(list, null), 'must be a list, not null');
});

test('every kind formats what it parses', (t) => {
  const kinds: readonly [z.ZodType, string][] = [
    [choice('rst', 'fin'), 'fin'],
    [integer(0), '10000'],
    [boolean(), 'true'],
    [duration({ zero: 'allowed' }), '250ms'],
    [sizeOr('auto'), '64KiB'],
    [sizeOr('auto'), 'auto'],
    [addressOr(0, 'off'), '[::1]:8474'],
    [addressOr(0, 'off'), 'off'],
    [subnet(), '::1/128'],
    [text('a version', /^3/, { syntax: 'VERSION' }), '3.10'],
  ];
  for (const [kind, written] of kinds) t.is(z.encode(kind, kind.parse(written)), written);
});
