/** The lower bound of the second bucket, in ms: everything below it is in the first. */
const LOWEST = 0.01;
/** The ratio of the bounds of a bucket. */
const RATIO = 1.1;
/** Enough for 10 minutes. Everything above is in the last one. */
const BUCKETS = 190;

const LOG_RATIO = Math.log(RATIO);
/** The geometric mean of the bounds of a bucket is this much above the lower one. */
const TO_MIDDLE = Math.sqrt(RATIO);

/**
 * Counts times in buckets of equal ratio. The memory is fixed, and a time costs a logarithm and an increment.
 *
 * A median is at most 5 % off between 0.01 ms and 10 minutes: half of the ratio of a bucket's bounds, which is 1.1.
 */
export class LogHistogram {
  private readonly counts = new Uint32Array(BUCKETS);

  /** @param ms a time */
  add(ms: number): void {
    const bucket = ms < LOWEST ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(ms / LOWEST) / LOG_RATIO));
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
  }

  addAll({ counts }: LogHistogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.counts[bucket] = (this.counts[bucket] as number) + (counts[bucket] as number);
    }
  }

  clear(): void {
    this.counts.fill(0);
  }

  /** In ms, rounded to the microsecond; null: there are no times. */
  get median(): number | null {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return null;
    let below = 0;
    const bucket = this.counts.findIndex((count) => {
      below += count;
      return below * 2 >= total;
    });
    const ms = bucket === 0 ? LOWEST / TO_MIDDLE : LOWEST * RATIO ** (bucket - 1) * TO_MIDDLE;
    return Math.round(ms * 1000) / 1000;
  }
}
