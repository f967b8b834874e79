import * as z from 'zod';
import type { ReasonName } from '../amqp/reason.js';
import { sharedObject } from './json-text.js';
import { REASON_DOCS } from './reason-docs.js';
import type { Report } from './report.js';
import type { ReportField } from './report-field.js';

/** The key `reason` of a report. */
export const reasonField: ReportField<Report['reason']> = {
  schema: z.object({
    name: z.enum(Object.keys(REASON_DOCS) as ReasonName[]),
    term: z.string().nullable(),
    severity: z.enum(['info', 'warning', 'error']),
    loggedAs: z.enum(['debug', 'info', 'notice', 'warning', 'error']),
    sentence: z.string(),
    inferred: z.boolean(),
  }),
  write: sharedObject,
  doc: {
    text: 'Why the connection ended.',
    keys: {
      name: { text: "RabbitMQ's name for the reason. Filter by this key." },
      term: { text: 'What a broker of that dialect prints.', ifNull: 'a clean close' },
      severity: { text: 'How serious the reason is, the same in every dialect.' },
      loggedAs: { text: 'The level at which a broker of that dialect logs it; `debug` also if it logs nothing.' },
      sentence: { text: 'The reason in plain English.' },
      inferred: { text: 'Whether only the broker can know the reason, and it was inferred from the traffic.' },
    },
  },
};
