import { columnsOf, inColumns } from '../text/columns.js';
import { oneLine, oneLineJson } from '../text/one-line.js';

/** Writes a line to standard output, which is for data only. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Prints a value as one line of JSON. Control characters in it are escaped. */
export const printJson = (value: unknown): void => print(oneLineJson(value));

/** Prints rows with aligned columns. Control characters in their cells are replaced. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows.map((row) => row.map(oneLine))];
  const widths = head.map((_, column) => Math.max(...all.map((row) => columnsOf(row[column] ?? ''))));
  for (const row of all)
    print(
      row
        .map((cell, column) => inColumns(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
