import { RabbitSnareError } from '../errors.js';
import type { OpenConnection, Report } from '../report/report.js';
import { describeFilter, matches, type ReportFilter } from './report-filter.js';

/** Maximum reports kept; the oldest are dropped. */
const KEPT = 10_000;
/** Default time to wait for a report, in ms. */
export const PATIENCE = 5_000;
/** Maximum reports and open connections listed in an error. */
const LISTED = 10;

/** The reports of a snare, and the callers that wait for one. */
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

  /** Returns the oldest report that matches and was not returned before. */
  take(filter: ReportFilter): Report | undefined {
    for (const report of this.fresh) {
      if (!matches(report, filter)) continue;
      this.fresh.delete(report);
      return report;
    }
    return undefined;
  }

  /**
   * Returns the same as `take`, waiting up to `timeout` ms.
   *
   * @param open returns the open connections
   * @throws RabbitSnareError ERR_NO_REPORT, whose message lists the reports seen instead and the open connections
   */
  next(filter: ReportFilter, timeout: number, open: () => readonly OpenConnection[]): Promise<Report> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const report = this.take(filter);
        if (report) resolve(report);
        return report !== undefined;
      };
      if (look()) return;
      const timer = setTimeout(() => {
        this.waiting.delete(wake);
        reject(this.missing(filter, timeout, open()));
      }, timeout);
      const wake = (): void => {
        if (!look()) return;
        clearTimeout(timer);
        this.waiting.delete(wake);
      };
      this.waiting.add(wake);
    });
  }

  /** Returns the error for a report that did not come within `timeout` ms. */
  missing(filter: ReportFilter, timeout: number, open: readonly OpenConnection[]): RabbitSnareError {
    const last = this.kept.slice(-LISTED).map(({ client, decision, stage, reason, faults }) => {
      const acted = faults.length === 0 ? '' : `, faults ${faults.map(({ name }) => name).join(', ')}`;
      return `  ${client ?? '-'} ${reason.name}, decision ${decision}, stage ${stage}${acted}`;
    });
    const seen =
      last.length === 0 ? 'no connection has ended' : `the last ${last.length} of ${this.kept.length} reports:`;
    const lines = [`no report ${describeFilter(filter)} within ${timeout} ms; ${seen}`, ...last, ...stillOpen(open)];
    return new RabbitSnareError('ERR_NO_REPORT', lines.join('\n'));
  }
}

function stillOpen(open: readonly OpenConnection[]): string[] {
  if (open.length === 0) return [];
  return [
    `connections still open: ${open.length}. Each has its report when both sides have closed it and no fault holds back its bytes.`,
    ...open.slice(-LISTED).map(({ client, stage }) => `  ${client ?? '-'} stage ${stage}`),
  ];
}
