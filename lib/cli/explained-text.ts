import type { ExplainedEntry } from '../broker-log/explain-pasted.js';
import type { Explanation } from '../explain/explanation.js';
import { oneLine } from '../text/one-line.js';
import { quote } from '../text/quote.js';

const WORRY = {
  no: 'no: normal operation or a health check',
  maybe: 'maybe: look at it if it repeats',
  yes: 'yes: something does not work',
} as const;

/** The explanations of pasted entries, as text. What only announces a connection is left out if there is something else. */
export function explainedText(entries: readonly ExplainedEntry[]): string {
  const important = entries.filter(({ explanation }) => explanation?.reason !== null || explanation.worry !== 'no');
  return (important.length > 0 ? important : entries).map(entryText).join('\n\n');
}

function entryText({ at, level, text, explanation }: ExplainedEntry): string {
  if (explanation === null)
    return `No explanation: ${quote(text)} is not an entry about a client's connection that rabbit-snare knows.`;
  const { name, client, listener } = explanation;
  const ends = client === null ? null : `${client}${listener === null ? '' : ` -> ${listener}`}`;
  const head = [name, level, ends, at].filter((part) => part !== null).join('  ');
  return [oneLine(head), ...wordsOf(explanation)].join('\n');
}

/** What an explanation says, one line for each part. */
export function wordsOf({ what, cause, worry, fix, looksLike, docs }: Explanation): string[] {
  const parts = [
    ['what', what],
    ...(looksLike === null ? [] : [['peer', `${looksLike.detail} (${looksLike.confidence})`]]),
    ['cause', cause],
    ['worry', WORRY[worry]],
    ['fix', fix],
    ['more', `docs/${docs}`],
  ] as const;
  return parts.map(([label = '', text = '']) => `  ${label.padEnd(5)}  ${oneLine(text)}`);
}
