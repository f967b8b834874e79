import { RabbitSnareError } from '../errors.js';
import type { Report } from '../report/report.js';
import { describeFilter, matches, type ReportFilter } from './report-filter.js';

/** Reports that are kept; older ones are forgotten. */
const KEPT = 10_000;
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

  /** The oldest one that matches and was not returned yet, now or within `timeout` ms. */
  next(filter: ReportFilter, timeout: number): Promise<Report> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        for (const report of this.fresh) {
          if (!matches(report, filter)) continue;
          this.fresh.delete(report);
          resolve(report);
          return true;
        }
        return false;
      };
      if (look()) return;
      const timer = setTimeout(() => {
        this.waiting.delete(wake);
        reject(new RabbitSnareError('ERR_NO_REPORT', this.missing(filter, timeout)));
      }, timeout);
      const wake = (): void => {
        if (!look()) return;
        clearTimeout(timer);
        this.waiting.delete(wake);
      };
      this.waiting.add(wake);
    });
  }

  private missing(filter: ReportFilter, timeout: number): string {
    const last = this.kept.slice(-TOLD).map(({ client, decision, stage, reason, faults }) => {
      const acted = faults.length === 0 ? '' : `, faults ${faults.map(({ name }) => name).join(', ')}`;
      return `  ${client ?? '-'} ${reason.name}, decision ${decision}, stage ${stage}${acted}`;
    });
    const seen = last.length === 0 ? 'no connection has ended' : `the last of ${this.kept.length} reports:`;
    return [`no report ${describeFilter(filter)} within ${timeout} ms; ${seen}`, ...last].join('\n');
  }
}
