import test from 'ava';
import { WatchSummary } from '../../lib/cli/watch-summary.js';
import type { Report } from '../../lib/report/report.js';
import { REASONS } from '../support/reasons.js';
import { reportWith } from '../support/report.js';

const PLAIN = { color: false, isFiltered: false };
const refused = reportWith({ reason: REASONS.bad_header, client: '10.0.0.1:1' });
const closed = reportWith({ reason: REASONS.connection_closed_with_no_data_received, client: '10.0.0.1:1' });

function summaryOf(reports: readonly Report[]): WatchSummary {
  const summary = new WatchSummary();
  for (const report of reports) summary.add(report);
  return summary;
}

test('reasons are counted for each source, those with most connections first', (t) => {
  const other = { ...refused, client: '[::1]:2' };
  const unknown = { ...closed, client: null };
  const text = summaryOf([other, refused, closed, refused, unknown]).text(61_000, PLAIN);
  t.deepEqual(text.split('\n'), [
    '5 connections ended in 61.0 s: 3 error, 2 info.',
    '',
    'count  source    severity  reason',
    '    2  10.0.0.1  error     bad_header',
    '    1  10.0.0.1  info      connection_closed_with_no_data_received',
    '    1  ::1       error     bad_header',
    '    1  -         info      connection_closed_with_no_data_received',
  ]);
});

test('without connections there is one line', (t) => {
  t.is(summaryOf([]).text(1_000, PLAIN), '0 connections ended in 1.0 s.');
  t.is(summaryOf([]).text(1_000, { ...PLAIN, isFiltered: true }), '0 matching connections ended in 1.0 s.');
});

test('the sources with most connections are named, and all others are counted as one', (t) => {
  const summary = new WatchSummary();
  for (let source = 1; source <= 1_500; source++) {
    const client = `10.1.${source >> 8}.${source & 255}:1`;
    for (let count = 0; count < (source <= 25 ? 2 : 1); count++) summary.add({ ...refused, client });
  }
  summary.add({ ...closed, client: '10.2.0.0:1' });
  for (let repeated = 0; repeated < 2; repeated++) {
    const lines = summary.text(1_000, PLAIN).split('\n');
    t.is(lines[0], '1,526 connections ended in 1.0 s: 1,525 error, 1 info.');
    t.is(lines.length, 3 + 20 + 2);
    t.is(lines[3], '    2  10.1.0.1   error     bad_header');
    t.deepEqual(lines.slice(-2), [
      '1,485  other      error     bad_header',
      '    1  other      info      connection_closed_with_no_data_received',
    ]);
  }
});

test('severities are colored only if requested', (t) => {
  const summary = summaryOf([refused, closed]);
  t.notRegex(summary.text(1_000, PLAIN).replaceAll('\n', ''), /\p{Cc}/u);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one.
  t.regex(
    summary.text(1_000, { ...PLAIN, color: true }),
    /\x1b\[31m1 error\x1b\[39m[\s\S]*\x1b\[31m +1 +10\.0\.0\.1 +error +bad_header\x1b/,
  );
});
