import type { Clock } from '../clock.js';

/**
 * The wall clock, except that it never goes back: when the clock of the machine is set back, the difference is added from then
 * on. Unlike monotonic time, it includes the time in which the machine was suspended.
 */
export class ForwardClock {
  /** What has been added to the wall clock so far, in ms. */
  shift = 0;
  private readonly clock: Clock;
  private latest = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** In ms. */
  now(): number {
    const wall = this.clock.wall();
    if (wall + this.shift < this.latest) this.shift = this.latest - wall;
    this.latest = wall + this.shift;
    return this.latest;
  }
}
