import { type Clock, systemClock, type Timer } from '../../lib/clock.js';

/** The system's clock, which counts its pending timers. */
export class CountingClock implements Clock {
  readonly wall = systemClock.wall;
  readonly ticks = systemClock.ticks;
  private readonly pending = new Set<Timer>();

  get timers(): number {
    return this.pending.size;
  }

  start(then: () => void, ms: number): Timer {
    const timer = systemClock.start(() => {
      this.pending.delete(timer);
      then();
    }, ms);
    this.pending.add(timer);
    return timer;
  }

  stop(timer: Timer): void {
    this.pending.delete(timer);
    systemClock.stop(timer);
  }
}
