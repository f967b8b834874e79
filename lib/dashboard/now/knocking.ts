import type { Report } from '../../report/report.js';

/** A source of connections. */
export type Source = {
  /** The host; null: the client was gone before its address was known. */
  readonly host: string | null;
  readonly count: number;
  /** The last report. */
  readonly last: Report;
  /** What it is, in a few words; null: not known. */
  readonly what: string | null;
  /** Its reasons, the most frequent first. */
  readonly reasons: readonly { readonly reason: Report['reason']; readonly count: number }[];
};

/**
 * Returns the sources with the most connections.
 *
 * @param reports oldest first
 * @param most maximum sources
 */
export function knocking(reports: readonly Report[], most: number): readonly Source[] {
  const byHost = grouped(reports, ({ client }) => (client === null ? null : hostOf(client)));
  return [...byHost]
    .sort(([, one], [, other]) => other.length - one.length)
    .slice(0, most)
    .map(([host, all]) => ({
      host,
      count: all.length,
      last: all.at(-1) as Report,
      what: all.reduceRight<string | null>((known, report) => known ?? whatIs(report), null),
      reasons: [...grouped(all, ({ reason }) => reason.name).values()]
        .sort((one, other) => other.length - one.length)
        .map((same) => ({ reason: (same.at(-1) as Report).reason, count: same.length })),
    }));
}

function grouped<Key>(reports: readonly Report[], keyOf: (report: Report) => Key): Map<Key, Report[]> {
  const groups = new Map<Key, Report[]>();
  for (const report of reports) {
    const key = keyOf(report);
    const group = groups.get(key);
    if (group) group.push(report);
    else groups.set(key, [report]);
  }
  return groups;
}

/** `10.0.0.7:5000` -> `10.0.0.7`, `[::1]:5000` -> `::1` */
export const hostOf = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

function whatIs({ handshake, healthCheckOf, looksLike }: Report): string | null {
  if (healthCheckOf !== null) return healthCheckOf.what;
  if (handshake?.product) return [handshake.product, handshake.version].filter(Boolean).join(' ');
  return looksLike?.what ?? null;
}

/** The last reports of connections that were refused or ended with a warning or an error, newest first. */
export function troubles(reports: readonly Report[], most: number): readonly Report[] {
  const found: Report[] = [];
  for (let nth = reports.length - 1; nth >= 0 && found.length < most; nth--) {
    const report = reports[nth] as Report;
    if (report.decision === 'refuse' || report.reason.severity !== 'info') found.push(report);
  }
  return found;
}

/** `haproxy_tcp_check` -> `haproxy tcp check` */
export const plainName = (name: string): string => name.replaceAll('_', ' ');
