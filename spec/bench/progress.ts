import { ProgressLine } from '../../lib/cli/progress-line.js';

/** Drawn at once: what is measured next may block the process. */
const line = new ProgressLine({ first: 0, every: 0 });
let part = '';

/** Shows on a terminal what is measured next. */
export function progress(what: string): void {
  part = what;
  line.show(`bench: ${what}`);
}

/** Shows how far the measurement is. */
export function measured(count: number, of: number): void {
  line.show(`bench: ${part}, ${count} of ${of}`);
}

/** Prints a note on standard error. Standard output is for the result. */
export function note(text: string): void {
  line.clear();
  console.error(`# ${text}`);
}

/** Removes progress from the terminal, before the result is printed. */
export const clearProgress = (): void => line.clear();
