import { median, TOLERANCE, type Train } from './cadence.js';

/** How many of the last gaps the period is derived from. */
const GAPS = 64;
/** After how many connections the period is derived again. */
const RENEWAL = 8;
/** Weight of the last connection in the regularity. */
const WEIGHT = 1 / 16;
/** Regularity below which connections are no longer those of a check. */
const LEAST_REGULAR = 0.7;

/** One periodic check among the connections of a source. Times are in ms since 1970. */
export class Check {
  readonly firstSeen: number;
  lastSeen: number;
  /** Number of connections. */
  count: number;
  /** The period by which the next connection is expected, in ms. */
  expected: number;
  private readonly gaps = new Float64Array(GAPS);
  /** Number of gaps ever added. */
  private added = 0;
  /** From 1, when each connection came in time, down to 0. */
  private regularity = 1;

  /** @param before the same check as it was known before, whose history it continues */
  constructor({ period, times }: Train, before?: Check) {
    const [first] = times as readonly [number, ...number[]];
    this.firstSeen = before?.firstSeen ?? first;
    this.lastSeen = first;
    this.count = before?.count ?? times.length;
    this.expected = period;
    for (const time of times) {
      if (time !== first && this.errorAt(time) < TOLERANCE) this.addGap(time - this.lastSeen);
      this.lastSeen = time;
    }
    this.renew();
  }

  /** How far from its expected time a connection would be, as a part of the period. */
  errorAt(time: number): number {
    return Math.abs((time - this.lastSeen) / this.expected - 1);
  }

  /** Whether the next connection should have come before this time. */
  isOverdueAt(time: number): boolean {
    return time - this.lastSeen > this.expected;
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

  /** The median of the last 64 gaps, in ms. */
  get periodMs(): number {
    return median(this.lastGaps());
  }

  /** How much the gaps vary: the median distance of the last 64 gaps from their median, in ms. */
  get jitterMs(): number {
    const gaps = this.lastGaps();
    const middle = median(gaps);
    return median(gaps.map((gap) => Math.abs(gap - middle)));
  }

  private came(time: number, inTime: 0 | 1): void {
    this.lastSeen = time;
    this.count += 1;
    this.regularity += WEIGHT * (inTime - this.regularity);
  }

  private addGap(gap: number): void {
    this.gaps[this.added % GAPS] = gap;
    this.added += 1;
  }

  private renew(): void {
    if (this.added > 0) this.expected = this.periodMs;
  }

  private lastGaps(): Float64Array {
    return this.gaps.slice(0, Math.min(this.added, GAPS));
  }
}
