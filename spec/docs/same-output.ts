/**
 * What differs from run to run in an output, and what replaces it before outputs are compared. Words and columns stay.
 */
const VARIABLE: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^\d{4}-\d{2}-\d{2}T[\d:.]+Z +/gm, ''],
  [/\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:\d{2})?/g, 'TIME'],
  [/\b\d{1,2}-[A-Z][a-z]{2}-\d{4}::[\d:]+/g, 'TIME'],
  [/<\d+\.\d+\.\d+>/g, '<PID>'],
  [/\b\d{2}:\d{2}:\d{2}\b(?:\.\d+)?Z?/g, 'TIME'],
  [/:\d{4,5}\b/g, ':PORT'],
  [/\b\d+(?:\.\d+)? ?(?:ms|s|m|min|h)\b/g, 'DURATION'],
  // JSON that a page shows on several lines.
  [/(?<=[,[{])\n\s*/g, ''],
  [/"(\w+[mM]s|ms|pid)":\d+(?:\.\d+)?/g, '"$1":NUMBER'],
  // A cell of a table that is a number with decimals.
  [/(?<= {2})\d+\.\d+(?= {2}|$)/gm, 'NUMBER'],
  [/ +/g, ' '],
  [/^ | $/gm, ''],
];

const plain = (text: string) => VARIABLE.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text.trim());

const linesOf = (text: string) =>
  plain(text)
    .split('\n')
    .filter((line) => line !== '');

/** Whether a line is as shown; `…` stands for any text. */
function isLike(line: string, shown: string): boolean {
  const pattern = shown.split('…').map((part) => part.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(line);
}

/** Whether an output has each line that a page shows, in any order. */
export const hasLines = (printed: string, shown: string): boolean => {
  const lines = linesOf(printed);
  return linesOf(shown).every((expected) => lines.some((line) => isLike(line, expected)));
};

/**
 * Compares an output with what a page shows of it. `…` stands for any text in a line, and on a line of its own for any lines.
 *
 * @param partly whether there may be other lines before, between and after those that are shown
 * @returns the first line that is shown and not printed, or printed and not shown; undefined if there is none
 */
export function differenceOf(printed: string, shown: string, { partly = false } = {}): string | undefined {
  const lines = linesOf(printed);
  let at = 0;
  let mayskip = partly;
  for (const expected of linesOf(shown)) {
    if (expected === '…') {
      mayskip = true;
      continue;
    }
    const found = lines.findIndex((line, index) => index >= at && isLike(line, expected));
    if (found < 0 || (found > at && !mayskip))
      return `shows “${expected}”, but the command prints “${lines[at] ?? ''}”`;
    at = found + 1;
    mayskip = partly;
  }
  return at < lines.length && !mayskip ? `does not show “${lines[at]}”` : undefined;
}
