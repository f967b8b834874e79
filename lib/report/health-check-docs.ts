import { GUESSES } from '../health-check/guess.js';
import type { Guess } from '../health-check/recognizer.js';
import { SCAN } from '../health-check/recognizers/scanner.js';
import { REFINED } from '../health-check/refine.js';
import { type HealthCheckStyle, STYLE_DOCS } from '../health-check/style.js';
import { STYLE_ADVICE } from '../health-check/style-advice.js';
import { withTables } from './with-tables.js';

/** Returns the text of docs/health-checks.md with its tables renewed. @throws Error for a table that the page does not have */
export const withHealthCheckTables = (page: string): string =>
  withTables('docs/health-checks.md', page, { styles: styleTable, guesses: guessTable });

function styleTable(): string {
  const rows = (Object.keys(STYLE_DOCS) as HealthCheckStyle[]).map(
    (style) => `| \`${style}\` | ${STYLE_DOCS[style]} | ${STYLE_ADVICE[style]}. |`,
  );
  return ['| style | what the connection does | what to change |', '| --- | --- | --- |', ...rows].join('\n');
}

function guessTable(): string {
  const rows = [...GUESSES, SCAN, ...REFINED].map(guessRow);
  return ['| guess | confidence | what it is | what to change |', '| --- | --- | --- | --- |', ...new Set(rows)].join(
    '\n',
  );
}

function guessRow({
  what,
  confidence,
  detail,
  advice = null,
}: Omit<Guess, 'advice'> & { readonly advice?: string | null }): string {
  return `| \`${what}\` | ${confidence} | ${detail} | ${advice === null ? '' : `${advice}.`} |`;
}
