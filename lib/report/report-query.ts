import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import { searchText } from './kept-lines.js';
import type { Report } from './report.js';

/** Selects reports. A report must match every key that is given. */
export type ReportQuery = {
  /** The id of the report. */
  readonly id?: string | undefined;
  /** The name of the reason. */
  readonly reason?: string | undefined;
  /** `ADDRESS:PORT`, or only the address. */
  readonly client?: string | undefined;
  readonly proxy?: string | undefined;
  readonly decision?: string | undefined;
  /** The name or the id of a fault that acted. */
  readonly fault?: string | undefined;
  readonly healthCheck?: boolean | undefined;
  /**
   * Only later reports: after the report with this id, or ended after this time (ISO 8601 with a zone; a date is in
   * UTC).
   */
  readonly since?: string | undefined;
  /** Maximum reports returned. @defaultValue 100 */
  readonly limit?: number | undefined;
};

/** A parsed query. */
export type ReportMatcher = {
  /** Only reports after the one whose line contains this; null for all. */
  readonly after: string | null;
  /** What the line of each report that matches contains. As `KeptLine.includes` takes it. */
  readonly parts: readonly string[];
  /** Whether each report whose line contains the parts matches, so that it need not be parsed. */
  readonly areExact: boolean;
  /** Whether a report matches the query, apart from `after` and the limit. */
  readonly matches: (report: Report) => boolean;
};

/** The id of a report. 2026-11 is not an id but an incomplete date. */
const ID = /^(?!\d{4}-\d\d$)[0-9a-f]+-\d+$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Parses a query. @throws ConfigError when `since` is neither the id of a report nor a time */
export function readQuery(query: ReportQuery): ReportMatcher {
  const { id, reason, proxy, decision, fault, healthCheck, since = null } = query;
  const after = since !== null && ID.test(since) ? since : null;
  const time = since === null || after !== null ? null : readTime(since);
  const isClient = query.client === undefined ? undefined : clientMatcher(query.client);
  const matches = (report: Report): boolean =>
    (id === undefined || report.id === id) &&
    (reason === undefined || report.reason.name === reason) &&
    (proxy === undefined || report.proxy === proxy) &&
    (decision === undefined || report.decision === decision) &&
    (healthCheck === undefined || report.healthCheck === healthCheck) &&
    (isClient === undefined || isClient(report.client)) &&
    (fault === undefined || report.faults.some(({ id, name }) => name === fault || id === fault)) &&
    (time === null || Date.parse(report.at) + report.durationMs > time);
  return {
    after: after === null ? null : idPart(after),
    parts: partsOf(query).map(searchText),
    areExact: id === undefined && query.client === undefined && fault === undefined && time === null,
    matches,
  };
}

/** Parts of the JSON of each report that matches. Quotes are escaped within strings, and no key with a part occurs twice. */
function partsOf({ id, reason, client, proxy, decision, fault, healthCheck }: ReportQuery): string[] {
  const parts: string[] = [];
  if (id !== undefined) parts.push(idPart(id));
  if (reason !== undefined) parts.push(`"reason":{"name":${JSON.stringify(reason)}`);
  if (client !== undefined) parts.push(JSON.stringify(client).slice(1, -1));
  if (proxy !== undefined) parts.push(`"proxy":${JSON.stringify(proxy)}`);
  if (decision !== undefined) parts.push(`"decision":${JSON.stringify(decision)}`);
  if (fault !== undefined) parts.push(JSON.stringify(fault));
  if (healthCheck !== undefined) parts.push(`"healthCheck":${healthCheck}`);
  return parts;
}

/** How the line of the report with this id begins. */
const idPart = (id: string): string => `{"id":${JSON.stringify(id)},`;

/** ms since 1970 */
function readTime(since: string): number {
  const time = TIME.test(since) ? Date.parse(since) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new ConfigError(
    `since: must be the id of a report, or a time with its zone such as 2026-11-23T05:57:07Z, not ${quote(since)}`,
  );
}

function clientMatcher(wanted: string): (client: string | null) => boolean {
  const isBareIPv6 = wanted.includes(':') && !wanted.startsWith('[');
  const withAnyPort = isBareIPv6 ? `[${wanted}]:` : `${wanted}:`;
  return (client) => client !== null && (client === wanted || client.startsWith(withAnyPort));
}
