import { type FoundTrain, median } from './cadence.js';
import { clampDeviation, type Train, unlikelihood } from './trains.js';

/** How many of the last gaps the period is derived from. */
const GAPS = 128;
/** After how many connections the period is derived again. */
const RENEWAL = 32;
/** Weight of the last connection in the regularity. */
const WEIGHT = 1 / 16;
/** Regularity below which connections are no longer those of a check. */
const LEAST_REGULAR = 0.7;
/** The standard deviation of a normal distribution in median distances from the median. */
const NORMAL = 1.4826;

/** One periodic check among the connections of a source. Times are in ms since 1970. */
export class Check {
  readonly firstSeen: number;
  lastSeen: number;
  /** Number of connections. */
  count: number;
  /** How the next connections are expected. */
  expected: Train;
  private readonly gaps = new Float32Array(GAPS);
  /** Number of gaps ever added. */
  private added = 0;
  /** From 1, when each connection came in time, down to 0. */
  private regularity = 1;

  /** @param before the same check as it was known before, whose history it continues */
  constructor({ times, ...expected }: FoundTrain, before?: Check) {
    const [first = 0] = times;
    this.firstSeen = before?.firstSeen ?? first;
    this.lastSeen = first;
    this.count = before?.count ?? times.length;
    this.expected = expected;
    for (const time of times.slice(1)) {
      if (this.unlikelihoodAt(time) < Number.POSITIVE_INFINITY) this.addGap(time - this.lastSeen);
      this.lastSeen = time;
    }
    this.renew();
  }

  /** How unlikely a connection at this time is; infinite if it was not expected then. */
  unlikelihoodAt(time: number): number {
    return unlikelihood(time - this.lastSeen, this.expected);
  }

  /** Whether the next connection should have come before this time. */
  isOverdueAt(time: number): boolean {
    return time - this.lastSeen > this.expected.period;
  }

  /** A connection that came in time. */
  add(time: number): void {
    this.addGap(time - this.lastSeen);
    this.came(time, 1);
    if (this.count % RENEWAL === 0) this.renew();
  }

  /** A connection that came after some were missing. The gap before it says nothing about the period. */
  resume(time: number): void {
    this.came(time, 0);
  }

  /** Whether its connections still come regularly. */
  get isRegular(): boolean {
    return this.regularity >= LEAST_REGULAR;
  }

  /** The median of the last 128 gaps, in ms. */
  get periodMs(): number {
    return median(this.lastGaps());
  }

  /** How much the gaps vary: the median distance of the last 128 gaps from their median, in ms. */
  get jitterMs(): number {
    const gaps = this.lastGaps();
    const middle = median(gaps);
    return median(gaps.map((gap) => Math.abs(gap - middle)));
  }

  private came(time: number, inTime: 0 | 1): void {
    this.lastSeen = time;
    this.count += 1;
    this.regularity += Math.max(WEIGHT, 1 / this.count) * (inTime - this.regularity);
  }

  private addGap(gap: number): void {
    this.gaps[this.added % GAPS] = gap;
    this.added += 1;
  }

  private renew(): void {
    if (this.added === 0) return;
    const { periodMs: period, jitterMs } = this;
    this.expected = { period, deviation: clampDeviation((NORMAL * jitterMs) / period) };
  }

  private lastGaps(): Float64Array {
    return Float64Array.from(this.gaps.subarray(0, Math.min(this.added, GAPS)));
  }
}
