import type { Clock, Timer } from '../../clock.js';

/** How many tokens come in a second, and the most that are kept. */
export type Flow = { readonly rate: number; readonly burst: number };

/** A token bucket, which is full at first, and those that wait for a token, in the order in which they came. */
export class TokenBucket {
  private readonly clock: Clock;
  private readonly flow: () => Flow;
  private tokens: number;
  private countedAt: number;
  private readonly waiting = new Set<() => void>();
  private timer: Timer | undefined;

  /** @param flow returns what is valid now; `changed` is to be called when that changes for those that wait */
  constructor(clock: Clock, flow: () => Flow) {
    this.clock = clock;
    this.flow = flow;
    this.tokens = flow().burst;
    this.countedAt = clock.ticks();
  }

  /** Takes a token. @returns false if there is none, or others wait for it */
  take(): boolean {
    this.count();
    if (this.waiting.size > 0 || this.tokens < 1) return false;
    this.tokens -= 1;
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
      if (this.tokens < 1) break;
      this.tokens -= 1;
      this.waiting.delete(taken);
      taken();
    }
    if (this.waiting.size === 0 || this.timer !== undefined) return;
    // Rounding must not make the timer early, or it would be set again for no time.
    const wait = Math.ceil(((1 - this.tokens) / this.flow().rate) * 1000);
    this.timer = this.clock.start(() => this.serve(), wait);
  }

  private count(): void {
    const { rate, burst } = this.flow();
    const now = this.clock.ticks();
    this.tokens = Math.min(burst, this.tokens + ((now - this.countedAt) / 1000) * rate);
    this.countedAt = now;
  }
}
