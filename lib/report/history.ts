import { type Clock, systemClock, type Timer } from '../clock.js';
import type { Report } from './report.js';
import { type ReportQuery, readQuery } from './report-query.js';
import { Ring } from './ring.js';

const LIMIT = 100;

/** The last reports, and those who wait for one. */
export class History {
  private readonly clock: Clock;
  private readonly reports: Ring<Report>;
  private readonly waiting = new Set<(report: Report) => void>();

  /** @param most how many are kept; with 0 one can still wait for the next */
  constructor(most: number, clock: Clock = systemClock) {
    this.reports = new Ring(most);
    this.clock = clock;
  }

  add(report: Report): void {
    this.reports.add(report);
    for (const hear of this.waiting) hear(report);
  }

  /** Undefined when there was none of that id, and when it is no longer kept. */
  get(id: string): Report | undefined {
    for (const report of this.reports.newestFirst()) if (report.id === id) return report;
    return undefined;
  }

  /**
   * What matches, newest first. After a report that is no longer kept comes all that is.
   *
   * @throws ConfigError when `since` is neither the id of a report nor a time
   */
  find(query: ReportQuery): readonly Report[] {
    const { limit = LIMIT } = query;
    const { after, matches } = readQuery(query);
    const found: Report[] = [];
    for (const report of this.reports.newestFirst()) {
      if (found.length >= limit || report.id === after) break;
      if (matches(report)) found.push(report);
    }
    return found;
  }

  /**
   * What matches now, or else the first report that comes and does.
   *
   * @param ms how long to wait; then, and when `signal` is aborted, there is none
   * @throws ConfigError as `find`
   */
  async wait(query: ReportQuery, ms: number, signal: AbortSignal): Promise<readonly Report[]> {
    const found = this.find(query);
    if (found.length > 0 || ms <= 0 || signal.aborted) return found;
    const { matches } = readQuery(query);
    return new Promise((resolve) => {
      const end = (reports: readonly Report[]): void => {
        this.waiting.delete(hear);
        this.clock.stop(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(reports);
      };
      // Whatever comes is later than any report that there was.
      const hear = (report: Report): void => {
        if (matches(report)) end([report]);
      };
      const giveUp = (): void => end([]);
      const timer: Timer = this.clock.start(giveUp, ms);
      signal.addEventListener('abort', giveUp);
      this.waiting.add(hear);
    });
  }
}
