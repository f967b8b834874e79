import { RabbitSnareError } from '../errors.js';
import type { Report } from '../report/report.js';
import { describeFilter, matches, type ReportFilter } from './report-filter.js';

/** Reports that are kept; older ones are forgotten. */
const KEPT = 10_000;
/** How long one that is asked for is waited for, in ms, unless somebody says otherwise. */
export const PATIENCE = 5_000;
/** Reports that an error tells of. */
const TOLD = 10;

/** The reports of a snare, and those who wait for one. */
export class Reports {
  private readonly kept: Report[] = [];
  private readonly fresh = new Set<Report>();
  private readonly waiting = new Set<() => void>();

  add(report: Report): void {
    this.kept.push(report);
    this.fresh.add(report);
    if (this.kept.length > KEPT) this.fresh.delete(this.kept.shift() as Report);
    for (const wake of [...this.waiting]) wake();
  }

  all(filter: ReportFilter): Report[] {
    return this.kept.filter((report) => matches(report, filter));
  }

  /** The oldest one that matches and was not taken yet. */
  take(filter: ReportFilter): Report | undefined {
    for (const report of this.fresh) {
      if (!matches(report, filter)) continue;
      this.fresh.delete(report);
      return report;
    }
    return undefined;
  }

  /**
   * As `take`, now or within `timeout` ms.
   *
   * @throws RabbitSnareError ERR_NO_REPORT that says what was seen instead
   */
  next(filter: ReportFilter, timeout: number): Promise<Report> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const report = this.take(filter);
        if (report) resolve(report);
        return report !== undefined;
      };
      if (look()) return;
      const timer = setTimeout(() => {
        this.waiting.delete(wake);
        reject(this.missing(filter, timeout));
      }, timeout);
      const wake = (): void => {
        if (!look()) return;
        clearTimeout(timer);
        this.waiting.delete(wake);
      };
      this.waiting.add(wake);
    });
  }

  /** Says what was seen instead, after `timeout` ms. */
  missing(filter: ReportFilter, timeout: number): RabbitSnareError {
    const last = this.kept.slice(-TOLD).map(({ client, decision, stage, reason, faults }) => {
      const acted = faults.length === 0 ? '' : `, faults ${faults.map(({ name }) => name).join(', ')}`;
      return `  ${client ?? '-'} ${reason.name}, decision ${decision}, stage ${stage}${acted}`;
    });
    const seen = last.length === 0 ? 'no connection has ended' : `the last of ${this.kept.length} reports:`;
    const lines = [`no report ${describeFilter(filter)} within ${timeout} ms; ${seen}`, ...last];
    return new RabbitSnareError('ERR_NO_REPORT', lines.join('\n'));
  }
}
