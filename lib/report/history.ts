import { type Clock, systemClock, type Timer } from '../clock.js';
import type { Report } from './report.js';
import { type ReportQuery, readQuery } from './report-query.js';
import { Ring } from './ring.js';

const LIMIT = 100;

/** Keeps the last reports, finds those that match a query, and lets callers wait for the next one. */
export class History {
  private readonly clock: Clock;
  private readonly reports: Ring<Report>;
  private readonly waiting = new Set<(report: Report) => void>();

  /** @param most maximum reports kept; with 0, callers can still wait for the next */
  constructor(most: number, clock: Clock = systemClock) {
    this.reports = new Ring(most);
    this.clock = clock;
  }

  add(report: Report): void {
    this.reports.add(report);
    for (const receive of this.waiting) receive(report);
  }

  /** Returns undefined if there is no report with this id, or if it is no longer kept. */
  get(id: string): Report | undefined {
    for (const report of this.reports.newestFirst()) if (report.id === id) return report;
    return undefined;
  }

  /**
   * Returns the matching reports, newest first. If the report in `since` is no longer kept, all kept reports are later.
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
   * Returns the matching reports, or waits for the first report that matches.
   *
   * @param ms how long to wait. After that, or when `signal` is aborted, the result is empty
   * @throws ConfigError as `find`
   */
  async wait(query: ReportQuery, ms: number, signal: AbortSignal): Promise<readonly Report[]> {
    const found = this.find(query);
    if (found.length > 0 || ms <= 0 || signal.aborted) return found;
    const { matches } = readQuery(query);
    return new Promise((resolve) => {
      const end = (reports: readonly Report[]): void => {
        this.waiting.delete(receive);
        this.clock.stop(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(reports);
      };
      // A new report is later than any in the history, so `after` holds.
      const receive = (report: Report): void => {
        if (matches(report)) end([report]);
      };
      const giveUp = (): void => end([]);
      const timer: Timer = this.clock.start(giveUp, ms);
      signal.addEventListener('abort', giveUp);
      this.waiting.add(receive);
    });
  }
}
