import type { Section, Series } from './series.js';
import { spreadOf } from './spread.js';

/** Cells as texts. The first row is the header, the first column the labels. */
export interface Table {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** Marks a figure that the load generator limits. */
const BOUNDED = '*';

/** A section as a table with a column for each proxy, and a second one with the ratios of the first proxy to the others. */
export function tablesOf(section: Section, proxies: readonly string[]): readonly Table[] {
  const { title, series, hasRatios } = section;
  if (series.length === 0) return [];
  const columns = proxies.filter((proxy) => series.some((each) => each.proxy === proxy));
  const titles = [...new Set(series.map((each) => each.title))];
  const find = (row: string, proxy: string) => series.find((each) => each.title === row && each.proxy === proxy);
  const table = (heading: string, names: readonly string[], cell: (row: string, proxy: string) => string): Table => ({
    title: heading,
    rows: [['', ...names], ...titles.map((row) => [row, ...names.map((proxy) => cell(row, proxy))])],
  });
  const figures = table(title, columns, (row, proxy) => cellOf(find(row, proxy)));
  const [first = '', ...others] = columns;
  if (!hasRatios || others.length === 0) return [figures];
  const ratios = table(`${title}: ${first} divided by …`, others, (row, proxy) =>
    ratioOf(find(row, first), find(row, proxy)),
  );
  return [figures, ratios];
}

/** The median, and the range of the rounds if there are several. */
function cellOf(series: Series | undefined): string {
  if (series === undefined) return '';
  const { median, least, most } = spreadOf(series.values);
  const range = series.values.length > 1 ? ` (${figure(least)}–${figure(most)})` : '';
  return `${figure(median)}${series.isBounded ? BOUNDED : ''}${range}`;
}

/** The median of the ratios of each round, and their range. */
function ratioOf(first: Series | undefined, other: Series | undefined): string {
  if (first === undefined || other === undefined) return '';
  const ratios = first.values.map((value, round) => value / (other.values[round] ?? Number.NaN));
  const { median, least, most } = spreadOf(ratios);
  return ratios.length > 1 ? `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})` : median.toFixed(2);
}

/** With three digits that count. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

/** A table for a terminal. */
export function asText({ title, rows }: Table): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}

/** A table for a Markdown document. */
export function asMarkdown({ title, rows: [header = [], ...rows] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
