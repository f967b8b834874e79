import type { Report } from '../../report/report.js';

/** Maximum reports in the list while it follows what arrives. */
export const MOST_FOLLOWED = 2000;
/** Maximum reports in the list after older ones were added. */
export const MOST_LISTED = 10_000;

/** The reports that match a filter, newest first. While it is held, it stays as it is and counts what arrives. */
export class ReportList {
  /** Newest first. */
  rows: readonly Report[] = [];
  /** Matching reports that arrived while the list was held. */
  arrived = 0;
  /** Whether older reports were dropped because the page did not receive all that came after them. */
  hasDropped = false;
  private readonly matches: (report: Report) => boolean;
  private most = MOST_FOLLOWED;
  private isHeld = false;
  /** Whether reports are missing between the rows and what waits. */
  private isBroken = false;
  /** The last of what arrived, oldest first. */
  private waiting: readonly Report[] = [];
  /** The id of the last report that was looked at. */
  private last: string | null = null;
  /** Ids of reports that were added as older ones, and may still arrive. */
  private added: ReadonlySet<string> = new Set();

  constructor(matches: (report: Report) => boolean) {
    this.matches = matches;
  }

  /** Adds the reports that are new since the last call. @param reports the last ones, oldest first */
  follow(reports: readonly Report[]): void {
    const { last } = this;
    const from = last === null ? 0 : reports.findLastIndex(({ id }) => id === last) + 1;
    if (from === reports.length) return;
    this.last = reports.at(-1)?.id ?? last;
    if (last !== null && from === 0) this.isBroken = true;
    const fresh = reports.slice(from).filter((report) => this.matches(report) && !this.added.has(report.id));
    this.arrived += fresh.length;
    this.waiting = [...this.waiting, ...fresh].slice(-this.most);
    if (!this.isHeld) this.showArrived();
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (!isHeld) this.showArrived();
  }

  /** Shows what arrived while the list was held. If too much arrived to keep, what is older is dropped: there would be a gap. */
  showArrived(): void {
    if (this.arrived === 0) return;
    const isBroken = this.isBroken || this.arrived > this.waiting.length;
    this.rows = [...this.waiting.toReversed(), ...(isBroken ? [] : this.rows)].slice(0, this.most);
    this.hasDropped ||= isBroken;
    this.isBroken = false;
    this.waiting = [];
    this.arrived = 0;
  }

  /** Adds what the server keeps to the end. @param reports the last ones that match, newest first */
  addOlder(reports: readonly Report[]): void {
    const known = new Set([...this.rows, ...this.waiting].map(({ id }) => id));
    const newer = reports.findLastIndex(({ id }) => known.has(id));
    const older = reports.slice(newer + 1).filter(this.matches);
    this.rows = [...this.rows, ...older].slice(0, MOST_LISTED);
    this.most = Math.max(MOST_FOLLOWED, this.rows.length);
    this.hasDropped = false;
    this.added = new Set([...this.added, ...older.map(({ id }) => id)]);
  }
}
