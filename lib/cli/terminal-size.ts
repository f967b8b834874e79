/** A size in characters. */
export type TerminalSize = { readonly columns: number; readonly rows: number };

/** Returns the size of a terminal. One that does not know its size, such as a serial line, is taken for 80 by 24. */
export const terminalSize = ({ columns, rows }: Partial<TerminalSize>): TerminalSize => ({
  columns: columns || 80,
  rows: rows || 24,
});
