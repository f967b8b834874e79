import type { Report } from './report.js';
import { REPORT_FIELDS } from './report-fields.js';

/** Each key with the JSON that comes before its value. */
const WRITERS = Object.entries(REPORT_FIELDS).map(([key, { write }], index) => ({
  key: key as keyof Report,
  before: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`,
  write: write as (value: unknown) => string,
}));

/**
 * Returns a report as one line of JSON, without a line end: what `JSON.stringify` returns, in a fraction of the time.
 * The line is written for every connection, thousands of times a second when a health checker misbehaves.
 */
export function reportLine(report: Report): string {
  let line = '';
  for (const { key, before, write } of WRITERS) line += before + write(report[key]);
  return `${line}}`;
}
