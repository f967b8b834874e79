import { findTrains } from '../health-check/cadence.js';
import { Check } from '../health-check/check.js';
import { LatestTimes } from '../health-check/latest-times.js';

/** Connections that came again after the same time. */
export type Period = {
  /** The median of the gaps, in ms. */
  readonly periodMs: number;
  /** How much the gaps vary: the median distance from their median, in ms. */
  readonly jitterMs: number;
};

/** The last 64 times at which something happened, in ms since 1970. */
export class RecentTimes {
  private readonly times = new LatestTimes();

  add(time: number): void {
    this.times.add(time);
  }

  /** The periods of the checks among them, the shortest first; several are distinguished. Takes about a millisecond. */
  periods(): readonly Period[] {
    const trains = findTrains(this.times.toArray()) ?? [];
    return trains
      .map((train) => new Check(train))
      .map(({ periodMs, jitterMs }) => ({ periodMs, jitterMs }))
      .sort((one, other) => one.periodMs - other.periodMs);
  }
}
