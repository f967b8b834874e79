import type { Report } from '../report/report.js';

type Kept = { readonly report: Report; readonly length: number };

/**
 * The last reports. Lines are parsed when they are read: of those that come while nobody looks, only the last ones are.
 *
 * Both the reports and the lines that are not parsed yet are bounded, by their number and by the characters of their JSON.
 */
export class ReportRing {
  private readonly most: number;
  private readonly mostLength: number;
  private kept: readonly Kept[] = [];
  private lines: string[] = [];
  private length = 0;

  /** @param mostLength in characters of JSON; a single report may be longer */
  constructor(most: number, mostLength: number) {
    this.most = most;
    this.mostLength = mostLength;
  }

  /** Replaces all reports. @param reports oldest first */
  reset(reports: readonly Report[]): void {
    this.lines = [];
    this.length = 0;
    this.kept = this.last(reports.map((report) => ({ report, length: JSON.stringify(report).length })));
  }

  /** @param line a report as JSON */
  add(line: string): void {
    this.lines.push(line);
    this.length += line.length;
    // Lines are dropped many at a time, because that copies the rest.
    if (this.lines.length > 2 * this.most || this.length > 2 * this.mostLength) this.drop();
  }

  /** Returns the reports, oldest first. */
  read(): readonly Report[] {
    this.drop();
    const added = this.lines.map((line) => ({ report: JSON.parse(line) as Report, length: line.length }));
    this.lines = [];
    this.length = 0;
    this.kept = this.last([...this.kept, ...added]);
    return this.kept.map(({ report }) => report);
  }

  private drop(): void {
    this.lines = this.last(this.lines);
    this.length = this.lines.reduce((sum, { length }) => sum + length, 0);
  }

  /** Returns the last items that are within the bounds, at least one. */
  private last<Item extends { readonly length: number }>(items: readonly Item[]): Item[] {
    let [from, length] = [items.length, 0];
    while (from > 0 && items.length - from < this.most) {
      length += (items[from - 1] as Item).length;
      if (length > this.mostLength && from < items.length) break;
      from -= 1;
    }
    return items.slice(from);
  }
}
