import { styleText } from 'node:util';
import { cut } from '../../text/columns.js';
import { oneLine } from '../../text/one-line.js';

export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'yellow' | 'green';

/** A line of `top`: text without escape sequences, and how it looks. */
export type Line = { readonly text: string; readonly style?: Style | undefined };

/** Some lines of `top` that belong together. */
export type Block = {
  readonly head: string;
  readonly rows: readonly Line[];
  /** Rows that are shown also if there is little room. */
  readonly least: number;
};

/** Returns a line for a terminal. @param columns null: it is not cut */
export function lineText({ text, style }: Line, columns: number | null, color: boolean): string {
  const shown = columns === null ? oneLine(text) : cut(oneLine(text), columns);
  return color && style !== undefined ? styleText(style, shown, { validateStream: false }) : shown;
}

/**
 * Returns the lines of blocks, in not more than `room` lines. First each block has its head and its least rows, then those
 * with more rows have them in turn; if there is still room, there are empty lines between the blocks.
 */
export function layOut(blocks: readonly Block[], room: number): readonly Line[] {
  const shown = blocks.map(({ rows, least }) => Math.min(rows.length, least));
  let left = room - shown.reduce((sum, count) => sum + count + 1, 0);
  for (let hasGrown = true; hasGrown && left > 0; ) {
    hasGrown = false;
    for (const [at, { rows }] of blocks.entries()) {
      if (left <= 0 || (shown[at] as number) >= rows.length) continue;
      shown[at] = (shown[at] as number) + 1;
      left -= 1;
      hasGrown = true;
    }
  }
  const isSpaced = left >= blocks.length;
  return blocks
    .flatMap(({ head, rows }, at): Line[] => {
      const count = shown[at] as number;
      const more = rows.length > count ? `  (${rows.length - count} more)` : '';
      const lines = [{ text: head + more, style: 'bold' } as const, ...rows.slice(0, count)];
      return isSpaced ? [{ text: '' }, ...lines] : lines;
    })
    .slice(0, Math.max(0, room));
}
