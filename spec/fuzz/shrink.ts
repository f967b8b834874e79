import type { Case } from './target.js';

/**
 * Drops parts of a case, first many at a time, then one by one, as long as the problem stays.
 *
 * @param shows whether a smaller case still has the problem
 * @param tries how often `shows` may be called
 */
export async function shrink(found: Case, shows: (smaller: Case) => Promise<boolean>, tries: number): Promise<Case> {
  let smallest = found;
  let left = tries;
  for (let size = Math.ceil(found.parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.parts.length; ) {
      if (left-- <= 0) return smallest;
      const parts = smallest.parts.toSpliced(at, size);
      if (parts.length > 0 && (await shows({ ...smallest, parts }))) smallest = { ...smallest, parts };
      else at += size;
    }
  }
  return smallest;
}
