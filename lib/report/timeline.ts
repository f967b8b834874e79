import { type Clock, systemClock } from '../clock.js';
import { ForwardClock } from './forward-clock.js';
import { RecentSlots } from './recent-slots.js';

/** Length of a slot in ms, and how many there are: 15 minutes. */
const [SLOT, SLOTS] = [5_000, 180] as const;

/** When a connection was accepted: in ms since 1970, and how long ago that was by the monotonic clock, in ms. */
export type Accepted = { readonly at: number; readonly ageMs: number };

/** The last 15 minutes as counts in slots of equal length, oldest first. The last slot is not complete. */
export type TimelineCounts = {
  /** In ms. */
  readonly slotMs: number;
  /** When the first slot begins, in ms since 1970. */
  readonly from: number;
  /** Connections by the time at which they were accepted. */
  readonly accepted: readonly number[];
  /** Connections by the time at which they ended, for each reason that occurs. */
  readonly reasons: { readonly [reason: string]: readonly number[] };
};

/**
 * Counts the connections of the last 15 minutes by the time at which they were accepted, and by the time and reason of their
 * end. A connection costs a few increments, and the memory is fixed: a row for each reason.
 *
 * It follows the wall clock, so time in which the machine was suspended is a gap. If the clock is set back, everything keeps
 * its age; if it is set forward, there is a gap.
 */
export class Timeline {
  private readonly clock: ForwardClock;
  private readonly accepted = new Uint32Array(SLOTS);
  private readonly reasons = new Map<string, Uint32Array>();
  private readonly slots = new RecentSlots(SLOT, SLOTS, (place) => {
    this.accepted[place] = 0;
    for (const row of this.reasons.values()) row[place] = 0;
  });

  constructor(clock: Clock = systemClock) {
    this.clock = new ForwardClock(clock);
  }

  /** A connection has ended now. @param reason one of few names */
  ended(reason: string, accepted: Accepted): void {
    const now = this.clock.now();
    this.slots.advance(now);
    this.count(this.accepted, this.acceptedAt(accepted, now));
    this.count(this.rowOf(reason), now);
  }

  /** Returns the counts as of now. @param open the open connections, which have been accepted and have not ended */
  counts(open: readonly Accepted[] = []): TimelineCounts {
    const { slots, clock } = this;
    const now = clock.now();
    slots.advance(now);
    const accepted = this.accepted.slice();
    for (const connection of open) this.count(accepted, this.acceptedAt(connection, now));
    const rows = [...this.reasons].filter(([, row]) => row.some((count) => count > 0));
    return {
      slotMs: SLOT,
      from: slots.from - clock.shift,
      accepted: slots.inOrder(accepted),
      reasons: Object.fromEntries(rows.map(([reason, row]) => [reason, slots.inOrder(row)])),
    };
  }

  /** The monotonic clock stands still while the machine is suspended, and the wall clock may have been set back since then. */
  private acceptedAt({ at, ageMs }: Accepted, now: number): number {
    const byAge = now - ageMs;
    const byWall = at + this.clock.shift;
    return byWall > byAge + SLOT ? byAge : Math.min(byWall, now);
  }

  private count(row: Uint32Array, time: number): void {
    const place = this.slots.placeOf(time);
    if (place !== undefined) row[place] = (row[place] as number) + 1;
  }

  private rowOf(reason: string): Uint32Array {
    const row = this.reasons.get(reason) ?? new Uint32Array(SLOTS);
    if (!this.reasons.has(reason)) this.reasons.set(reason, row);
    return row;
  }
}
