const MILLION = 1e6;
/** The characters of a bar, by height. */
const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Returns a count in at most 9 characters up to a trillion: `1,234`, `12.3M`. */
export function countText(count: number): string {
  if (count < 10 * MILLION) return count.toLocaleString('en-US');
  return `${(count / MILLION).toLocaleString('en-US', { maximumFractionDigits: 1 })}M`;
}

/** Returns a rate: `0.2`, `11.5`, `1,234`. */
export const rateText = (rate: number): string =>
  rate.toLocaleString(
    'en-US',
    rate < 100 ? { minimumFractionDigits: 1, maximumFractionDigits: 1 } : { maximumFractionDigits: 0 },
  );

/** Returns a share of a whole: `98 %`, `<1 %`; `-` of nothing. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '-';
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? '<1 %' : `${Math.floor(percent)} %`;
}

/**
 * Returns counts as bars of one character each. Neighbors are added up if there are too many.
 *
 * @param first number of the first count in an endless series, so that the same ones are added up when time goes on
 * @param width maximum characters, at least 2
 */
export function sparkline(counts: readonly number[], first: number, width: number): string {
  const each = counts.length <= width ? 1 : Math.ceil(counts.length / (width - 1));
  const sums: number[] = [];
  for (const [at, count] of counts.entries()) {
    const bar = Math.floor((first + at) / each) - Math.floor(first / each);
    sums[bar] = (sums[bar] ?? 0) + count;
  }
  const most = Math.max(1, ...sums);
  return sums.map((sum) => BARS[Math.ceil((8 * sum) / most)] ?? '').join('');
}
