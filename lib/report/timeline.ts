import { type Clock, systemClock } from '../clock.js';

/** The length of a slot in ms, and how many there are: 15 minutes. */
const [SLOT, SLOTS] = [5_000, 180] as const;

/** When a connection was accepted: by the wall clock, and how long ago, both in ms. */
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
 * end. A connection costs a few increments, and the memory does not grow: a row for each reason.
 *
 * It follows the wall clock, so that time in which the machine was suspended is a gap. The clock may be set back: then
 * connections keep their age.
 */
export class Timeline {
  private readonly clock: Clock;
  private readonly accepted = new Uint32Array(SLOTS);
  private readonly reasons = new Map<string, Uint32Array>();
  /** What was added to the wall clock so that time never goes back. */
  private shift = 0;
  private latest = Number.NEGATIVE_INFINITY;
  /** Number of the current slot, counted since 1970. */
  private slot = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  /** A connection has ended now. */
  ended(reason: string, accepted: Accepted): void {
    const now = this.advance();
    this.count(this.accepted, this.slotOf(accepted, now));
    let row = this.reasons.get(reason);
    if (row === undefined) {
      row = new Uint32Array(SLOTS);
      this.reasons.set(reason, row);
    }
    this.count(row, this.slot);
  }

  /** Returns the counts as of now. @param open the open connections, which were accepted and have not ended */
  counts(open: readonly Accepted[] = []): TimelineCounts {
    const now = this.advance();
    const accepted = this.accepted.slice();
    for (const connection of open) this.count(accepted, this.slotOf(connection, now));
    return {
      slotMs: SLOT,
      from: (this.slot + 1 - SLOTS) * SLOT - this.shift,
      accepted: this.inOrder(accepted),
      reasons: Object.fromEntries(
        [...this.reasons]
          .filter(([, row]) => row.some((count) => count > 0))
          .map(([name, row]) => [name, this.inOrder(row)]),
      ),
    };
  }

  /** Follows the clock, and clears the slots that begin. @returns the time, in ms */
  private advance(): number {
    const wall = this.clock.wall();
    if (wall + this.shift < this.latest) this.shift = this.latest - wall;
    this.latest = wall + this.shift;
    const slot = Math.floor(this.latest / SLOT);
    if (slot !== this.slot) {
      for (let next = Math.max(this.slot + 1, slot + 1 - SLOTS); next <= slot; next++) this.clear(next % SLOTS);
      this.slot = slot;
    }
    return this.latest;
  }

  private clear(place: number): void {
    this.accepted[place] = 0;
    for (const row of this.reasons.values()) row[place] = 0;
  }

  private slotOf({ at, ageMs }: Accepted, now: number): number {
    const byAge = now - ageMs;
    const byClock = at + this.shift;
    // The clock was set back since it was accepted.
    return Math.floor((byClock > byAge + SLOT ? byAge : Math.min(byClock, now)) / SLOT);
  }

  private count(row: Uint32Array, slot: number): void {
    if (slot > this.slot - SLOTS) row[slot % SLOTS] = (row[slot % SLOTS] as number) + 1;
  }

  private inOrder(row: Uint32Array): readonly number[] {
    const first = (this.slot + 1) % SLOTS;
    return [...row.subarray(first), ...row.subarray(0, first)];
  }
}
