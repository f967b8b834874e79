/** The last so many items, in their order. Adding one costs the same however many are kept. */
export class Ring<T> {
  private readonly most: number;
  private readonly items: T[] = [];
  /** Where the oldest one stands, once all places are taken. */
  private oldest = 0;

  /** @param most how many are kept; 0 keeps none */
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

  /** Those from a place on, oldest first; place 0 is the oldest one's. */
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
