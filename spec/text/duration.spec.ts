import test from 'ava';
import fc from 'fast-check';
import { formatDuration, LONGEST_DURATION, parseDuration } from '../../lib/text/duration.js';

for (const [text, milliseconds] of [
  ['250ms', 250],
  ['10s', 10_000],
  ['1.5s', 1500],
  ['1.005s', 1005],
  ['2m', 120_000],
  ['24h', 86_400_000],
  ['0s', 0],
  ['0.4ms', 0],
] as const) {
  test(`${text} is ${milliseconds} ms`, (t) => t.is(parseDuration(text), milliseconds));
}

for (const text of [
  '',
  's',
  '10 s',
  '10S',
  '-1s',
  '1e3ms',
  '.5s',
  '1.s',
  '10sec',
  '10 parsecs',
  '1d',
  '1m30s',
  'Infinityms',
]) {
  test(`"${text}" is not a duration`, (t) => {
    t.throws(() => parseDuration(text), {
      code: 'ERR_CONFIG',
      message: `must be a duration with a unit, such as 250ms, 10s or 2m, not "${text}"`,
    });
  });
}

test('a number without a unit is rejected with a hint', (t) => {
  const error = t.throws(() => parseDuration('10'));
  t.true(error?.message.endsWith('not "10" (did you mean "10s" or "10ms"?)'));
});

test('a duration longer than 24 h is rejected', (t) => {
  for (const text of ['24.001h', `1${'0'.repeat(400)}s`]) {
    t.regex(t.throws(() => parseDuration(text))?.message ?? '', /^must be at most 24h, not "/);
  }
});

test('a duration is formatted in the largest unit that needs no fraction', (t) => {
  t.deepEqual([0, 1, 1500, 90_000, 120_000, 86_400_000].map(formatDuration), [
    '0s',
    '1ms',
    '1500ms',
    '90s',
    '2m',
    '24h',
  ]);
});

test('a formatted duration is parsed as the same number', (t) => {
  fc.assert(fc.property(fc.nat(LONGEST_DURATION), (ms) => t.is(parseDuration(formatDuration(ms)), ms)));
});
