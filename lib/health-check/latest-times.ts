/** How many times are kept. */
export const LATEST = 64;

/** The last 64 times at which something happened, in order. Adding one leaves no garbage. */
export class LatestTimes {
  private readonly ring = new Float64Array(LATEST);
  /** Times ever added. */
  private added = 0;

  /** How many times there are, at most 64. */
  get length(): number {
    return Math.min(this.added, LATEST);
  }

  /** From the first time to the last one; 0 if there are none. */
  get span(): number {
    return this.length === 0 ? 0 : this.at(this.added - 1) - this.at(this.added - this.length);
  }

  /** Adds a time; if there are 64, the earliest is dropped. Connections are not always reported in the order in which they began. */
  add(time: number): void {
    const { ring } = this;
    const first = Math.max(0, this.added + 1 - LATEST);
    let place = this.added;
    this.added += 1;
    for (; place > first && this.at(place - 1) > time; place--) ring[place % LATEST] = this.at(place - 1);
    ring[place % LATEST] = time;
  }

  /** All times in order. */
  toArray(): number[] {
    return Array.from({ length: this.length }, (_, at) => this.at(this.added - this.length + at));
  }

  private at(place: number): number {
    return this.ring[place % LATEST] as number;
  }
}
