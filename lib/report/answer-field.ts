import * as z from 'zod';
import { wordOrNull } from './json-text.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

/** What the setting `healthChecks` did with a connection. */
export const answerField: ReportField<Report['healthCheckAnswer']> = {
  schema: z.enum(['local', 'fail']).nullable(),
  write: wordOrNull,
  doc: {
    text: 'What the setting `healthChecks` did with the connection. `local`: the proxy answered it, and the broker was not dialed. `fail`: the proxy made it fail on purpose.',
    ifNull: 'it was handled like any other connection',
  },
};
