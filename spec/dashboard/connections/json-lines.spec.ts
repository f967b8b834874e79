import test from 'ava';
import { exportName, jsonLines } from '../../../lib/dashboard/connections/json-lines.js';
import { reportWith } from '../../support/report.js';

test('an export has one report a line, whatever its texts contain', (t) => {
  const reports = [reportWith({ id: 'a-1', client: 'a\n"b"\u2028' }), reportWith({ id: 'a-2' })];
  const lines = jsonLines(reports).split('\n');
  t.is(lines.pop(), '');
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    reports,
  );
  t.is(jsonLines([]), '');
});

test('the name of the file contains the time and no character that a file system rejects', (t) => {
  t.is(exportName(Date.UTC(2026, 10, 28, 19, 44, 8, 505)), 'rabbit-snare-reports-2026-11-28T19-44-08Z.jsonl');
});
