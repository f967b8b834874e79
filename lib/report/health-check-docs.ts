import { type HealthCheckStyle, STYLE_DOCS } from '../health-check/style.js';
import { STYLE_ADVICE } from '../health-check/style-advice.js';

const [BEGIN, END] = ['<!-- begin styles -->', '<!-- end styles -->'];

/**
 * Returns the text of docs/health-checks.md with its table of styles renewed.
 *
 * @throws Error if the page does not have the table
 */
export function withStyleTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/health-checks.md must have ${BEGIN} and ${END}`);
  const rows = (Object.keys(STYLE_DOCS) as HealthCheckStyle[]).map(
    (style) => `| \`${style}\` | ${STYLE_DOCS[style]} | ${STYLE_ADVICE[style]}. |`,
  );
  const table = ['| style | what the connection does | what to change |', '| --- | --- | --- |', ...rows].join('\n');
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
}
