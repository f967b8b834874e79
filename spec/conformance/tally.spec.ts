import test from 'ava';
import type { Comparison } from './compare.js';
import { countDifferences, tallyOf } from './tally.js';

const script = { name: 'partial, then FIN', steps: [] } as never;
const run = (differences: readonly string[], stalled = false): Comparison => ({
  differences,
  races: [],
  compared: ['time', 'reason'],
  stalled,
});
const TIME = 'time: the broker "1614.5 ms", the proxy "1014.3 ms"';
const REASON = 'reason: the broker "a", the proxy "b"';
const countOf = (first: Comparison, ...replays: Comparison[]) =>
  countDifferences(tallyOf([script], [first], () => replays));

test('a difference that occurs again counts', (t) => {
  t.is(countOf(run([TIME, REASON]), run([]), run([REASON]), run([])), 1);
  t.is(countOf(run([TIME]), run([TIME]), run([]), run([])), 1);
});

test('a reason that differs once at the same time counts', (t) => {
  t.is(countOf(run([REASON]), run([]), run([]), run([])), 1);
});

test('a difference that occurs once, because a timer was late, does not count', (t) => {
  t.is(countOf(run([TIME, REASON]), run([]), run([]), run([])), 0);
});

test('a difference while the machine is stalled does not count', (t) => {
  t.is(countOf(run([REASON], true), run([REASON], true), run([]), run([])), 0);
});

test('each script that was late excuses one other flaky difference in the same run', (t) => {
  const countOfAll = (...comparisons: Comparison[]) => {
    const scripts = comparisons.map((_, at) => ({ name: `${at}`, steps: [] }) as never);
    return countDifferences(tallyOf(scripts, comparisons, () => [run([]), run([]), run([])]));
  };
  t.is(countOfAll(run([REASON]), run([TIME])), 0);
  t.is(countOfAll(run([REASON]), run([TIME]), run([REASON])), 1);
  t.is(countOfAll(run([REASON]), run([TIME]), run([REASON], true), run([REASON])), 0);
});
