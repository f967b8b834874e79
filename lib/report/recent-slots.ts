/** The last slots of time, of equal length, in places that are used again. The current slot is not complete. */
export class RecentSlots {
  /** Number of the current slot, counted from time 0. */
  current = Number.NEGATIVE_INFINITY;
  private readonly length: number;
  private readonly most: number;
  private readonly clear: (place: number) => void;

  /** @param length in ms @param most number of slots @param clear called for a place that a new slot takes */
  constructor(length: number, most: number, clear: (place: number) => void) {
    this.length = length;
    this.most = most;
    this.clear = clear;
  }

  /** Begins the slots up to a time that is not earlier than the last one. */
  advance(now: number): void {
    const slot = Math.floor(now / this.length);
    if (slot === this.current) return;
    for (let next = Math.max(this.current, slot - this.most) + 1; next <= slot; next++) this.clear(next % this.most);
    this.current = slot;
  }

  /** Returns the place of the slot of a time up to now; undefined: it is no longer kept. */
  placeOf(time: number): number | undefined {
    const slot = Math.floor(time / this.length);
    return slot > this.current - this.most ? slot % this.most : undefined;
  }

  /** When the oldest slot begins. */
  get from(): number {
    return (this.current + 1 - this.most) * this.length;
  }

  /** Returns the counts of all places, oldest slot first. */
  inOrder(counts: Uint32Array): readonly number[] {
    const oldest = (this.current + 1) % this.most;
    return [...counts.subarray(oldest), ...counts.subarray(0, oldest)];
  }
}
