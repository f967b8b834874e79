import type { Clock, Timer } from '../../lib/clock.js';

type Pending = { readonly at: number; readonly then: () => void };

/** A clock that only moves when a spec moves it. */
export class ManualClock implements Clock {
  /** Timers that were ever started. */
  started = 0;
  private now = 0;
  private readonly pending = new Set<Pending>();
  private began: number;

  /** @param began in ms since 1970 */
  constructor(began = Date.UTC(2026, 10, 23)) {
    this.began = began;
  }

  wall(): number {
    return this.began + this.now;
  }

  ticks(): number {
    return this.now;
  }

  start(then: () => void, ms: number): Timer {
    const pending: Pending = { at: this.now + ms, then };
    this.pending.add(pending);
    this.started += 1;
    return pending as unknown as Timer;
  }

  stop(timer: Timer): void {
    this.pending.delete(timer as unknown as Pending);
  }

  /** Timers that have neither fired nor been stopped. */
  get timers(): number {
    return this.pending.size;
  }

  /** Changes the wall clock only: it is set, or the machine was suspended. */
  setWall(by: number): void {
    this.began += by;
  }

  /** Moves forward and calls what is due, in order. */
  advance(ms: number): void {
    this.now += ms;
    const due = [...this.pending].filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at);
    for (const each of due) {
      this.pending.delete(each);
      each.then();
    }
  }
}
