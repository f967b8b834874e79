/**
 * Returns the items in the order in which they were shown before, so that nothing moves while it is read. New ones come after the
 * item that is before them in `items`.
 *
 * @param shown the keys of the items that were shown, in their order
 */
export function steadyOrder<Item>(
  shown: readonly string[],
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] {
  const byKey = new Map(items.map((item) => [keyOf(item), item]));
  const keys = shown.filter((key) => byKey.has(key));
  const known = new Set(keys);
  let before: string | undefined;
  for (const key of byKey.keys()) {
    if (!known.has(key)) keys.splice(before === undefined ? 0 : keys.indexOf(before) + 1, 0, key);
    before = key;
  }
  return keys.map((key) => byKey.get(key) as Item);
}
