import test from 'ava';
import { REPORT_SECTIONS } from '../../../lib/dashboard/report/report-sections.js';
import { REPORT_FIELDS } from '../../../lib/report/report-fields.js';

test('each key of a report is shown in a section', (t) => {
  const shown = new Set<string>(REPORT_SECTIONS.flatMap(({ keys }) => [...keys]));
  t.deepEqual([...shown].sort(), Object.keys(REPORT_FIELDS).sort());
});
