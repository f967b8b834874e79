import type { Report } from '../../report/report.js';

/** One report a line, as in the reports file. */
export const jsonLines = (reports: readonly Report[]): string =>
  reports.map((report) => `${JSON.stringify(report)}\n`).join('');

/** The name of a file with reports: `rabbit-snare-reports-2026-11-28T19-44-08Z.jsonl`. @param now ms since 1970 */
export const exportName = (now: number): string =>
  `rabbit-snare-reports-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z.jsonl`;
