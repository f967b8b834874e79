import test from 'ava';
import { countText, rateText, shareText, sparkline } from '../../../lib/cli/top/counts.js';

test('counts have separators, and large ones are in millions', (t) => {
  t.deepEqual([0, 999, 1_234, 9_999_999, 12_345_678].map(countText), ['0', '999', '1,234', '9,999,999', '12.3M']);
});

test('rates have one digit after the point below 100', (t) => {
  t.deepEqual([0, 0.25, 11.5, 99.94, 1_234.5].map(rateText), ['0.0', '0.3', '11.5', '99.9', '1,235']);
});

test('a share that is not zero is not shown as zero, and one that is not everything not as 100 %', (t) => {
  t.deepEqual(
    [shareText(0, 0), shareText(0, 9), shareText(1, 1_000), shareText(999, 1_000), shareText(5, 5)],
    ['-', '0 %', '<1 %', '99 %', '100 %'],
  );
});

test('the highest bar of a chart is the largest count, and every count above zero has a bar', (t) => {
  t.is(sparkline([0, 1, 50, 100], 0, 10), ' ▁▄█');
  t.is(sparkline([0, 0], 0, 10), '  ');
  t.is(sparkline([], 0, 10), '');
});

test('neighbors are added up, the same ones when time goes on', (t) => {
  const counts = [1, 1, 2, 2, 4, 4, 8, 8];
  t.is(sparkline(counts, 0, 5), '▁▂▄█');
  t.is(sparkline([...counts.slice(1), 0], 1, 5), '▁▂▄█ ');
  t.is(sparkline([...counts.slice(2), 0, 0], 2, 5), '▂▄█ ');
});

test('a chart is not wider than its room', (t) => {
  const counts = Array.from({ length: 180 }, () => 1);
  for (const width of [2, 7, 30, 60, 180]) {
    for (let first = 0; first < 10; first++)
      t.true(sparkline(counts, first, width).length <= width, `${width}, ${first}`);
  }
});
