import test from 'ava';
import type { Section } from './series.js';
import { asMarkdown, asText, tablesOf } from './table.js';

const SECTION: Section = {
  title: 'Rates',
  hasRatios: true,
  series: [
    { title: 'connections/s', proxy: 'ours', values: [9_000, 10_000, 12_000] },
    { title: 'connections/s', proxy: 'theirs', values: [20_000, 20_000, 20_000], isBounded: true },
    { title: 'refusals/s', proxy: 'ours', values: [1.234] },
  ],
};

test('a cell has the median and the range of the rounds', (t) => {
  const [figures] = tablesOf(SECTION, ['ours', 'theirs', 'absent']);
  t.deepEqual(figures?.rows, [
    ['', 'ours', 'theirs'],
    ['connections/s', '10,000 (9,000–12,000)', '20,000* (20,000–20,000)'],
    ['refusals/s', '1.23', ''],
  ]);
});

test('a ratio is the median of the ratios of each round', (t) => {
  const [, ratios] = tablesOf(SECTION, ['ours', 'theirs']);
  t.is(ratios?.title, 'Rates: ours divided by …');
  t.deepEqual(ratios?.rows, [
    ['', 'theirs'],
    ['connections/s', '0.50 (0.45–0.60)'],
    ['refusals/s', ''],
  ]);
});

test('there is no ratio without another proxy, and no table without series', (t) => {
  t.is(tablesOf(SECTION, ['ours']).length, 1);
  t.deepEqual(tablesOf({ ...SECTION, series: [] }, ['ours']), []);
});

test('a table is aligned for a terminal, and has a header in Markdown', (t) => {
  const table = {
    title: 'Start',
    rows: [
      ['', 'ours', 'theirs'],
      ['ms', '250', '1'],
    ],
  };
  t.is(asText(table), 'Start\n    ours  theirs\nms   250       1');
  t.is(asMarkdown(table), '### Start\n\n|  | ours | theirs |\n| --- | --- | --- |\n| ms | 250 | 1 |');
});
