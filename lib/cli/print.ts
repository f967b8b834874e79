import { oneLineJson } from '../text/one-line.js';
import { tableLines } from '../text/table.js';

let clear = (): void => {};

/** Sets what `print` calls first: it removes progress that a terminal shows. */
export function clearBeforePrinting(progress: { clear(): void }): void {
  clear = () => progress.clear();
}

/** Writes a line to standard output, which is for data only. Progress that a terminal shows is removed first. */
export function print(line: string): void {
  clear();
  process.stdout.write(`${line}\n`);
}

/** Prints a value as one line of JSON. Control characters in it are escaped. */
export const printJson = (value: unknown): void => print(oneLineJson(value));

/** Prints rows with aligned columns. Control characters in their cells are replaced. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines([head, ...rows])) print(line);
}
