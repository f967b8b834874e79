import { columnsOf, inColumns } from './columns.js';
import { oneLine } from './one-line.js';

/**
 * Returns a line for each row, with aligned columns. Control characters in cells are replaced.
 *
 * @param right the columns that are aligned right, as numbers do
 */
export function tableLines(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const shown = rows.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of shown) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, columnsOf(cell));
  }
  return shown.map((row) =>
    row
      .map((cell, at) => inColumns(cell, widths[at] as number, right.includes(at) ? 'right' : 'left'))
      .join('  ')
      .trimEnd(),
  );
}
