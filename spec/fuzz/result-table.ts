import type { Fuzzed } from './fuzz.js';

const TITLES = ['target', 'cases', 'finds', 'max stall', 'RSS at start', 'at end', 'descriptors at start', 'at end'];
const mib = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

/** The results as a table for a terminal. */
export function resultTable(results: readonly Fuzzed[]): string {
  const rows = [
    TITLES,
    ...results.map(({ name, cases, finds, stall, start, end }) => [
      name,
      String(cases),
      String(finds.length),
      `${stall.toFixed(0)} ms`,
      mib(start.rss),
      mib(end.rss),
      String(start.descriptors),
      String(end.descriptors),
    ]),
  ];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((cells) => (cells[column] as string).length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
        )
        .join('  '),
    )
    .join('\n');
}
