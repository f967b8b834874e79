import { REPORT_FIELDS } from './report-fields.js';

const HEAD = `// Generated from lib/report/report-fields.ts (npm run generate).
import type { Report } from './report.js';
import { REPORT_FIELDS } from './report-fields.js';

const FIELDS = REPORT_FIELDS;

/** The keys, and after each the last value. */
`;

const ABOUT = `
/**
 * Returns a report as one line of JSON, without a line end: what \`JSON.stringify\` returns, in a fraction of the time.
 * The line is written for every connection, which can be thousands of times a second. One call site
 * for each field is faster than a loop over the fields, and one array that is joined leaves less garbage than a template.
 */
export function reportLine(report: Report): string {
`;

/** The source of lib/report/report-line.ts, which writes every field of the table in its order. */
export function reportLineSource(): string {
  const keys = Object.keys(REPORT_FIELDS);
  const parts = keys.map((key, at) => `  '${at === 0 ? '{' : ','}"${key}":',\n  '',\n`);
  const values = keys.map((key, at) => `  PARTS[${2 * at + 1}] = FIELDS.${key}.write(report.${key});\n`);
  return `${HEAD}const PARTS = [\n${parts.join('')}  '}',\n];\n${ABOUT}${values.join('')}  return PARTS.join('');\n}\n`;
}
