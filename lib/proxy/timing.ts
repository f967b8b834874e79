import type { Clock } from '../clock.js';
import type { Facts } from '../report/facts.js';

type Steps = { -readonly [step in keyof Facts['timing']]: Facts['timing'][step] };

/** When the steps of one connection happened, in ms from accept. */
export class Timing {
  /** ms since 1970, at accept. */
  readonly at: number;
  readonly steps: Steps = {
    headerMs: null,
    upstreamConnectMs: null,
    startMs: null,
    tuneMs: null,
    tuneOkMs: null,
    openMs: null,
  };
  /** `Clock.ticks` at accept. */
  readonly acceptedAt: number;
  private readonly clock: Clock;
  private endedAt: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.at = clock.wall();
    this.acceptedAt = clock.ticks();
  }

  /** Until now, or until the end. */
  elapsed(): number {
    return this.since(this.endedAt ?? this.clock.ticks());
  }

  /** The connection has ended. It may be reported later. */
  end(): void {
    this.endedAt ??= this.clock.ticks();
  }

  /** Rounded to the microsecond: anything finer is noise. */
  since(ticks: number): number {
    return Math.round((ticks - this.acceptedAt) * 1000) / 1000;
  }

  /** ms since 1970. Counted from accept, not read off the wall clock again, so that a connection's entries stay in order. */
  get now(): number {
    return this.at + this.elapsed();
  }
}
