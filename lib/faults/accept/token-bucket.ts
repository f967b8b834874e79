import type { Clock, Timer } from '../../clock.js';

/** How many tokens come in a second, and the most that are kept. */
export type Flow = { readonly rate: number; readonly burst: number };

/** A token. What comes in a millisecond is then `rate`, so that whole numbers stay whole, and nothing is lost by rounding. */
const TOKEN = 1000;

/** A token bucket, which is full at first, and those that wait for a token, in the order in which they came. */
export class TokenBucket {
  private readonly clock: Clock;
  private readonly flow: () => Flow;
  /** In parts of a token. */
  private level: number;
  private countedAt: number;
  private readonly waiting = new Set<() => void>();
  private timer: Timer | undefined;

  /** @param flow returns what is valid now; `changed` is to be called when that changes for those that wait */
  constructor(clock: Clock, flow: () => Flow) {
    this.clock = clock;
    this.flow = flow;
    this.level = flow().burst * TOKEN;
    this.countedAt = clock.ticks();
  }

  /** Takes a token. @returns false if there is none, or others wait for it */
  take(): boolean {
    this.count();
    if (this.waiting.size > 0 || this.level < TOKEN) return false;
    this.level -= TOKEN;
    return true;
  }

  /** @param taken called when a token has been taken. @returns a function that gives up waiting */
  wait(taken: () => void): () => void {
    this.waiting.add(taken);
    this.serve();
    return () => {
      if (!this.waiting.delete(taken)) return;
      this.serve();
    };
  }

  changed(): void {
    this.serve();
  }

  private serve(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
    this.count();
    for (const taken of this.waiting) {
      if (this.level < TOKEN) break;
      this.level -= TOKEN;
      this.waiting.delete(taken);
      taken();
    }
    if (this.waiting.size === 0 || this.timer !== undefined) return;
    // Rounding must not make the timer early, or it would be set again for no time.
    const wait = Math.ceil((TOKEN - this.level) / this.flow().rate);
    this.timer = this.clock.start(() => this.serve(), wait);
  }

  private count(): void {
    const { rate, burst } = this.flow();
    const now = this.clock.ticks();
    this.level = Math.min(burst * TOKEN, this.level + (now - this.countedAt) * rate);
    this.countedAt = now;
  }
}
