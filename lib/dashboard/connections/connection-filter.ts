import type { Report } from '../../report/report.js';

/** What reports can be filtered by. These are keys in the URL of the page, and except for `product` in that of `GET /reports`. */
export const FILTER_KEYS = ['reason', 'client', 'product', 'proxy', 'decision', 'fault', 'healthCheck'] as const;

export type FilterKey = (typeof FILTER_KEYS)[number];

/** A report must match every key that is given. */
export type ConnectionFilter = { readonly [Key in FilterKey]?: string };

/** Takes the filter from the URL. Other keys and empty values are dropped. */
export function readFilter(given: Readonly<Record<string, string>>): ConnectionFilter {
  return Object.fromEntries(FILTER_KEYS.flatMap((key) => (given[key] ? [[key, given[key]]] : [])));
}

/**
 * Returns a test that matches the same reports as `GET /reports` with these filters.
 *
 * `product` is part of the product name, in any case. A client is an address with or without its port.
 */
export function matcherOf(filter: ConnectionFilter): (report: Report) => boolean {
  const { reason, client, product, proxy, decision, fault, healthCheck } = filter;
  const part = product?.toLowerCase();
  return (report) =>
    (reason === undefined || report.reason.name === reason) &&
    (client === undefined || (report.client !== null && isClient(report.client, client))) &&
    (part === undefined || (report.handshake?.product ?? '').toLowerCase().includes(part)) &&
    (proxy === undefined || report.proxy === proxy) &&
    (decision === undefined || report.decision === decision) &&
    (fault === undefined || report.faults.some(({ id, name }) => id === fault || name === fault)) &&
    (healthCheck === undefined || String(report.healthCheck) === healthCheck);
}

/** The address without its port: `10.0.0.1`, `::1`. */
export const hostOf = (client: string): string => client.slice(0, client.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');

const isClient = (client: string, wanted: string): boolean =>
  client === wanted || hostOf(client) === wanted.replace(/^\[(.*)\]$/, '$1');

/** The path that returns the last reports that match. The server does not filter by product. */
export function reportsPath({ product: _, ...filter }: ConnectionFilter, limit: number): string {
  return `/reports?${new URLSearchParams({ ...filter, limit: String(limit) })}`;
}
