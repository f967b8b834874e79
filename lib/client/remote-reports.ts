import { LONGEST_WAIT, MOST_REPORTS } from '../config/report-limits.js';
import type { OpenConnection, Report } from '../report/report.js';
import type { ReportFilter } from '../snare/report-filter.js';
import { Reports } from '../snare/reports.js';
import type { Control } from './control.js';

/** The reports of a proxy in another process. They are fetched on demand and kept here. */
export class RemoteReports {
  private readonly control: Control;
  private readonly proxy: string;
  private readonly kept = new Reports();
  /** Id of the last report that is kept. */
  private last: string | null = null;

  constructor(control: Control, proxy: string) {
    this.control = control;
    this.proxy = proxy;
  }

  /** Returns all matching reports, oldest first. @throws ControlError */
  async all(filter: ReportFilter): Promise<readonly Report[]> {
    await this.pull(0);
    return this.kept.all(filter);
  }

  /**
   * Resolves with the oldest matching report that was not returned yet, waiting up to `timeout` ms for it.
   *
   * @throws RabbitSnareError ERR_NO_REPORT, whose message lists the reports seen instead and the open connections; ControlError
   */
  async next(filter: ReportFilter, timeout: number): Promise<Report> {
    const until = performance.now() + timeout;
    await this.pull(0);
    for (;;) {
      const report = this.kept.take(filter);
      if (report) return report;
      const left = Math.ceil(until - performance.now());
      if (left <= 0) throw this.kept.missing(filter, timeout, await this.open());
      await this.pull(Math.min(LONGEST_WAIT, left));
    }
  }

  private open(): Promise<readonly OpenConnection[]> {
    return this.control.ask('GET', `/connections?proxy=${encodeURIComponent(this.proxy)}`);
  }

  /** Fetches new reports. Concurrent calls do not wait for each other. @param wait ms to wait if there are none */
  private async pull(wait: number): Promise<void> {
    const since = this.last;
    const query = new URLSearchParams({ proxy: this.proxy, limit: String(MOST_REPORTS) });
    if (since !== null) query.set('since', since);
    if (wait > 0) query.set('wait', `${wait}ms`);
    const reports = (await this.control.ask<Report[]>('GET', `/reports?${query}`)).reverse();
    const isFirst = since === this.last;
    // A concurrent request may have fetched some of these. If the last kept report is missing, this response is older.
    const known = isFirst ? -1 : reports.findIndex(({ id }) => id === this.last);
    if (!isFirst && known < 0) return;
    for (const report of reports.slice(known + 1)) this.kept.add(report);
    this.last = reports.at(-1)?.id ?? this.last;
  }
}
