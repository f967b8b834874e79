/** Rows that are drawn above and below the visible ones, so that scrolling does not show gaps. */
const MARGIN = 8;

/** The rows from `from` up to, but without, `to`. */
export type RowRange = { readonly from: number; readonly to: number };

/** Returns which of `count` rows of equal height must be drawn. Lengths are in CSS pixels. */
export function visibleRows(
  { top, height }: { readonly top: number; readonly height: number },
  rowHeight: number,
  count: number,
): RowRange {
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + MARGIN);
  return { from: Math.max(0, Math.min(Math.floor(top / rowHeight) - MARGIN, last)), to: Math.max(0, last) };
}

/** Returns the row that a key moves to; null for other keys. @param page rows that are visible at once */
export function rowAfterKey(key: string, row: number, count: number, page: number): number | null {
  const step = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  }[key];
  return step === undefined ? null : Math.max(0, Math.min(count - 1, row + step));
}
