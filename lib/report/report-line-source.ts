import { REPORT_FIELDS } from './report-fields.js';

const HEAD = `// Generated from lib/report/report-fields.ts (npm run generate).
import type { Report } from './report.js';
import { REPORT_FIELDS } from './report-fields.js';

const FIELDS = REPORT_FIELDS;

/**
 * Returns a report as one line of JSON, without a line end: what \`JSON.stringify\` returns, in a fraction of the time.
 * The line is written for every connection, which can be thousands of times a second. One call site
 * for each field is faster than a loop over the fields.
 */
export function reportLine(report: Report): string {`;

/** The source of lib/report/report-line.ts, which writes every field of the table in its order. */
export function reportLineSource(): string {
  const fields = Object.keys(REPORT_FIELDS).map((key) => `"${key}":\${FIELDS.${key}.write(report.${key})}`);
  return `${HEAD}\n  return \`{${fields.join(',')}}\`;\n}\n`;
}
