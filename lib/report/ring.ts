/** Keeps the last items in order. Adding one takes constant time. */
export class Ring<T> {
  private readonly most: number;
  private readonly items: T[] = [];
  /** Index of the oldest item once the ring is full. */
  private oldest = 0;

  /** @param most maximum items kept; 0 keeps none */
  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.items.length;
  }

  add(item: T): void {
    if (this.items.length < this.most) {
      this.items.push(item);
    } else if (this.most > 0) {
      this.items[this.oldest] = item;
      this.oldest = (this.oldest + 1) % this.most;
    }
  }

  /** Returns the items from a position to the end, oldest first. Position 0 is the oldest item. */
  from(place: number): T[] {
    const first = Math.max(0, place);
    return Array.from({ length: Math.max(0, this.size - first) }, (_, nth) => this.at(first + nth));
  }

  *newestFirst(): Generator<T> {
    for (let place = this.size - 1; place >= 0; place--) yield this.at(place);
  }

  private at(place: number): T {
    return this.items[(this.oldest + place) % this.items.length] as T;
  }
}
