/** How an entry of a populate moves a listener: the port that it takes, and the port that it leaves; 0 for none. */
export type Move = { readonly takes: number; readonly leaves: number };

/** The move of an entry that opens and closes no listener. */
export const NO_MOVE: Move = { takes: 0, leaves: 0 };

/**
 * Returns the number of entries in each group, in order. An entry that takes a port which a later entry leaves is in one
 * group with it and all between, because they must move together. Any other entry is a group of its own.
 */
export function groupSizes(moves: readonly Move[]): readonly number[] {
  const sizes: number[] = [];
  let start = 0;
  let end = 0;
  for (const [at, { takes }] of moves.entries()) {
    const left = takes === 0 ? -1 : moves.findLastIndex(({ leaves }) => leaves === takes);
    end = Math.max(end, at, left);
    if (at < end) continue;
    sizes.push(at + 1 - start);
    start = at + 1;
  }
  return sizes;
}
