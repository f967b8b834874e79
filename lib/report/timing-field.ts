import * as z from 'zod';
import { ms } from './json-text.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

const NOT_REACHED = 'not reached';
const nullableNumber = z.number().nullable();

/** The key `timing` of a report. */
export const timingField: ReportField<Report['timing']> = {
  schema: z.object({
    headerMs: nullableNumber,
    upstreamConnectMs: nullableNumber,
    startMs: nullableNumber,
    tuneMs: nullableNumber,
    tuneOkMs: nullableNumber,
    openMs: nullableNumber,
  }),
  write: ({ headerMs, upstreamConnectMs, startMs, tuneMs, tuneOkMs, openMs }) =>
    `{"headerMs":${ms(headerMs)},"upstreamConnectMs":${ms(upstreamConnectMs)},"startMs":${ms(startMs)},"tuneMs":${ms(tuneMs)},"tuneOkMs":${ms(tuneOkMs)},"openMs":${ms(openMs)}}`,
  doc: {
    text: 'When each step of the handshake was reached, counted from accept.',
    keys: {
      headerMs: { text: 'The 8th byte arrived.', unit: 'ms', ifNull: NOT_REACHED },
      upstreamConnectMs: { text: 'The upstream accepted.', unit: 'ms', ifNull: NOT_REACHED },
      startMs: { text: 'Start arrived.', unit: 'ms', ifNull: NOT_REACHED },
      tuneMs: { text: 'Tune arrived.', unit: 'ms', ifNull: NOT_REACHED },
      tuneOkMs: { text: 'Tune-Ok arrived.', unit: 'ms', ifNull: 'not reached, or AMQP 1.0' },
      openMs: { text: 'Open-Ok arrived.', unit: 'ms', ifNull: NOT_REACHED },
    },
  },
};
