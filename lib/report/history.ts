import { type Clock, systemClock, type Timer } from '../clock.js';
import { type KeptLine, KeptLines } from './kept-lines.js';
import type { Report } from './report.js';
import { type ReportQuery, readQuery } from './report-query.js';

const LIMIT = 100;

/**
 * Keeps the lines of the last reports, finds those that match a query, and lets callers wait for the next one. Lines are
 * JSON in UTF-8: nearly all are dropped without ever being read.
 */
export class History {
  private readonly clock: Clock;
  private readonly lines: KeptLines;
  private readonly waiting = new Set<(report: Report, line: string) => void>();

  /** @param most maximum reports kept; with 0, callers can still wait for the next */
  constructor(most: number, clock: Clock = systemClock) {
    this.lines = new KeptLines(most);
    this.clock = clock;
  }

  /** @param line the report as `reportLine` returns it */
  add(report: Report, line: string): void {
    this.lines.add(line);
    for (const receive of this.waiting) receive(report, line);
  }

  /**
   * Returns the lines of the matching reports, newest first. If the report in `since` is no longer kept, all kept reports are
   * later.
   *
   * @throws ConfigError when `since` is neither the id of a report nor a time
   */
  find(query: ReportQuery): readonly Uint8Array[] {
    const { limit = LIMIT } = query;
    const { after, parts, areExact, matches } = readQuery(query);
    const found: Uint8Array[] = [];
    for (const line of this.lines.newestFirst()) {
      if (found.length >= limit || (after !== null && line.includes(after))) break;
      const isCandidate = parts.every((part) => line.includes(part));
      if (isCandidate && (areExact || matches(parse(line)))) found.push(line.bytes);
    }
    return found;
  }

  /** Returns the lines of the last reports, oldest first. */
  last(count: number): readonly Uint8Array[] {
    const found: Uint8Array[] = [];
    for (const line of this.lines.newestFirst()) {
      if (found.length >= count) break;
      found.push(line.bytes);
    }
    return found.reverse();
  }

  /**
   * Returns the lines of the matching reports, or waits for the first report that matches.
   *
   * @param ms how long to wait. After that, or when `signal` is aborted, the result is empty
   * @throws ConfigError as `find`
   */
  async wait(query: ReportQuery, ms: number, signal: AbortSignal): Promise<readonly Uint8Array[]> {
    const found = this.find(query);
    if (found.length > 0 || ms <= 0 || signal.aborted) return found;
    const { matches } = readQuery(query);
    return new Promise((resolve) => {
      const end = (lines: readonly Uint8Array[]): void => {
        this.waiting.delete(receive);
        this.clock.stop(timer);
        signal.removeEventListener('abort', giveUp);
        resolve(lines);
      };
      // A new report is later than any in the history, so `after` holds.
      const receive = (report: Report, line: string): void => {
        if (matches(report)) end([Buffer.from(line)]);
      };
      const giveUp = (): void => end([]);
      const timer: Timer = this.clock.start(giveUp, ms);
      signal.addEventListener('abort', giveUp);
      this.waiting.add(receive);
    });
  }
}

const parse = (line: KeptLine): Report => JSON.parse(line.text) as Report;
