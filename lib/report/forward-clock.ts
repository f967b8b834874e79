import type { Clock } from '../clock.js';

/** How much less than monotonic time the wall clock may advance until it counts as set back, in ms: drift and corrections are less. */
const TOLERANCE = 1_000;

/**
 * The wall clock, except that it never goes back: when the clock of the machine is set back, the difference is added from then
 * on. Unlike monotonic time, it includes the time in which the machine was suspended.
 */
export class ForwardClock {
  /** What has been added to the wall clock so far, in ms. */
  shift = 0;
  private readonly clock: Clock;
  private latest = Number.NEGATIVE_INFINITY;
  private latestTicks = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** In ms. */
  now(): number {
    const { latest, latestTicks } = this;
    const wall = this.clock.wall();
    const ticks = this.clock.ticks();
    const expected = latest + ticks - latestTicks;
    if (wall + this.shift < expected - TOLERANCE) this.shift = expected - wall;
    else if (wall + this.shift < latest) this.shift = latest - wall;
    this.latest = wall + this.shift;
    this.latestTicks = ticks;
    return this.latest;
  }
}
