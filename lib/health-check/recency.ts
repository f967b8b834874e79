/** A member of a `Recency`, which sets both links. */
export type Linked<Item> = { older: Item | null; newer: Item | null };

/**
 * Items in the order of their last use. Moving an item takes the same time however many there are, and leaves no garbage.
 * A `Map` would leave garbage: V8 often replaces its table when entries are deleted and added for each connection.
 */
export class Recency<Item extends Linked<Item>> {
  oldest: Item | null = null;
  private newest: Item | null = null;

  /** Makes an item the newest one. Items that are new here have no links. */
  use(item: Item): void {
    if (item === this.newest) return;
    this.remove(item);
    item.older = this.newest;
    if (this.newest !== null) this.newest.newer = item;
    this.newest = item;
    this.oldest ??= item;
  }

  /** Removes an item, if it is here. */
  remove(item: Item): void {
    const { older, newer } = item;
    if (older !== null) older.newer = newer;
    else if (this.oldest === item) this.oldest = newer;
    if (newer !== null) newer.older = older;
    else if (this.newest === item) this.newest = older;
    item.older = null;
    item.newer = null;
  }
}
