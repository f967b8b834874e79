import { GUESSES } from '../health-check/guess.js';
import type { Guess } from '../health-check/recognizer.js';
import { SCAN } from '../health-check/recognizers/scanner.js';
import { REFINED } from '../health-check/refine.js';

const [BEGIN, END] = ['<!-- begin guesses -->', '<!-- end guesses -->'];

/**
 * Returns the text of docs/health-checks.md with its table of guesses renewed.
 *
 * @throws Error if the page does not have the table
 */
export function withGuessTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/health-checks.md must have ${BEGIN} and ${END}`);
  const rows = [...GUESSES, SCAN, ...REFINED].map(rowOf);
  const table = ['| guess | confidence | what it is | what to change |', '| --- | --- | --- | --- |', ...new Set(rows)];
  return `${before}${BEGIN}\n${table.join('\n')}\n${END}${after}`;
}

function rowOf({
  what,
  confidence,
  detail,
  advice = null,
}: Omit<Guess, 'advice'> & { readonly advice?: string | null }) {
  return `| \`${what}\` | ${confidence} | ${detail} | ${advice === null ? '' : `${advice}.`} |`;
}
