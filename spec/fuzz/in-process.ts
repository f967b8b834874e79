import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectGarbage } from '../support/garbage.js';
import type { Case, Usage, Venue } from './target.js';
import { usageOf } from './usage-of.js';

/** Longer than any input may take in pure code, in ms; generous, because the machine may be busy. */
const SLOW = 60_000;

/** Plays cases in this process, one after the other. */
export class InProcess implements Venue {
  readonly together: number;
  readonly isBroken = false;
  private readonly check: (given: Case) => string | null;
  private readonly delays = monitorEventLoopDelay({ resolution: 10 });
  private readonly warnings: string[] = [];
  private longest = 0;

  /**
   * @param check returns the problem of a case, null if it has none; whatever it throws is a problem
   * @param together how many cases are a round
   */
  constructor(check: (given: Case) => string | null, together: number) {
    this.check = check;
    this.together = together;
    process.on('warning', this.warned);
  }

  async play(cases: readonly Case[]): Promise<readonly (string | null)[]> {
    const problems: (string | null)[] = [];
    for (const given of cases) {
      const from = performance.now();
      let problem: string | null;
      try {
        problem = this.check(given);
      } catch (error) {
        problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      const took = performance.now() - from;
      this.longest = Math.max(this.longest, took);
      problems.push(problem ?? (took > SLOW ? `it took ${took.toFixed(0)} ms` : null));
    }
    // A warning is emitted in the next turn.
    await new Promise(setImmediate);
    return problems;
  }

  async settle(): Promise<string | null> {
    const warnings = this.warnings.splice(0);
    return warnings.length === 0 ? null : `a warning was emitted: ${warnings.join('; ')}`;
  }

  /** A stall is the time of the longest case here. */
  async usage(): Promise<Usage> {
    const stall = this.longest;
    this.longest = 0;
    return { ...usageOf(this.delays, collectGarbage), stall };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('warning', this.warned);
  }

  private readonly warned = (warning: Error): void => {
    this.warnings.push(`${warning.name}: ${warning.message}`);
  };
}
