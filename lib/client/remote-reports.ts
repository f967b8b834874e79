import { LONGEST_WAIT, MOST_REPORTS } from '../config/report-limits.js';
import type { Report } from '../report/report.js';
import type { ReportFilter } from '../snare/report-filter.js';
import { Reports } from '../snare/reports.js';
import type { Control } from './control.js';

/** The reports of a proxy elsewhere. They are fetched when somebody wants one, and kept here. */
export class RemoteReports {
  private readonly control: Control;
  private readonly proxy: string;
  private readonly kept = new Reports();
  /** The last one that is kept. */
  private last: string | null = null;

  constructor(control: Control, proxy: string) {
    this.control = control;
    this.proxy = proxy;
  }

  /** All that match, oldest first. @throws ControlError */
  async all(filter: ReportFilter): Promise<readonly Report[]> {
    await this.pull(0);
    return this.kept.all(filter);
  }

  /**
   * The oldest one that matches and was not returned yet, now or within `timeout` ms.
   *
   * @throws RabbitSnareError ERR_NO_REPORT that says what was seen instead; ControlError
   */
  async next(filter: ReportFilter, timeout: number): Promise<Report> {
    const until = performance.now() + timeout;
    await this.pull(0);
    for (;;) {
      const report = this.kept.take(filter);
      if (report) return report;
      const left = Math.ceil(until - performance.now());
      if (left <= 0) throw this.kept.missing(filter, timeout);
      await this.pull(Math.min(LONGEST_WAIT, left));
    }
  }

  /** Takes the reports that are new. Nobody waits for another one's request. @param wait ms, if there are none */
  private async pull(wait: number): Promise<void> {
    const since = this.last;
    const query = new URLSearchParams({ proxy: this.proxy, limit: String(MOST_REPORTS) });
    if (since !== null) query.set('since', since);
    if (wait > 0) query.set('wait', `${wait}ms`);
    const reports = (await this.control.ask<Report[]>('GET', `/reports?${query}`)).reverse();
    const isFirst = since === this.last;
    // What another request has brought meanwhile is not new; an answer without its last report is older than that.
    const known = isFirst ? -1 : reports.findIndex(({ id }) => id === this.last);
    if (!isFirst && known < 0) return;
    for (const report of reports.slice(known + 1)) this.kept.add(report);
    this.last = reports.at(-1)?.id ?? this.last;
  }
}
