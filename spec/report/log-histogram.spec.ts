import test from 'ava';
import fc from 'fast-check';
import { LogHistogram } from '../../lib/report/log-histogram.js';

/** From 0.01 ms to 10 minutes. */
const anyMs = fc.double({ min: 0.01, max: 600_000, noNaN: true });

function medianOf(times: readonly number[]): number | null {
  const histogram = new LogHistogram();
  for (const ms of times) histogram.add(ms);
  return histogram.median;
}

test('a median is at most 5 % off', (t) => {
  fc.assert(
    fc.property(fc.array(anyMs, { minLength: 1, maxLength: 99 }), (times) => {
      const exact = times.toSorted((one, other) => one - other)[Math.ceil(times.length / 2) - 1] as number;
      const found = medianOf(times) as number;
      // Rounded to the microsecond.
      t.true(Math.abs(found - exact) <= exact * 0.05 + 0.0005, `${found} for ${exact}`);
    }),
  );
});

test('without times there is no median', (t) => {
  t.is(medianOf([]), null);
});

test('times of 0, and of more than 10 minutes, are counted', (t) => {
  t.true((medianOf([0]) as number) <= 0.01);
  t.true((medianOf([3_600_000]) as number) > 600_000);
});

test('the sum of two histograms has the median of all their times', (t) => {
  const [one, other] = [new LogHistogram(), new LogHistogram()];
  for (const ms of [1, 2, 3]) one.add(ms);
  for (const ms of [40, 50, 60, 70]) other.add(ms);
  one.addAll(other);
  t.is(one.median, medianOf([40]));
  t.is(other.median, medianOf([50]));
});

test('a cleared histogram is empty', (t) => {
  const histogram = new LogHistogram();
  histogram.add(5);
  histogram.clear();
  t.is(histogram.median, null);
});
