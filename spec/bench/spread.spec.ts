import test from 'ava';
import { median, quantile, spreadOf } from './spread.js';

test('the median of an even number of values is between the two in the middle', (t) => {
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 3, 2]), 2.5);
  t.is(median([7]), 7);
});

test('a spread has the least and the most value', (t) => {
  t.deepEqual(spreadOf([10, 9, 12]), { median: 10, least: 9, most: 12 });
});

test('a quantile is one of the values', (t) => {
  const numbers = Array.from({ length: 101 }, (_, at) => 100 - at);
  t.is(quantile(numbers, 0.5), 50);
  t.is(quantile(numbers, 0.99), 99);
  t.is(quantile([], 0.5), 0);
});
