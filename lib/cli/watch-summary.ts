import type { Severity } from '../amqp/reason.js';
import { LabelValues, OTHER } from '../report/label-values.js';
import { colored } from '../report/pretty.js';
import type { Report } from '../report/report.js';
import { hostOf } from '../text/address-of.js';
import { roughDuration } from '../text/rough-duration.js';
import { tableLines } from '../text/table.js';

/** Maximum sources that are counted separately, and that are shown. All others are one. */
const [MOST_COUNTED, MOST_SHOWN] = [1000, 20] as const;
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const HEAD = ['count', 'source', 'severity', 'reason'] as const;

/** Connections of one source with one reason. */
type Count = { readonly severity: Severity; readonly reason: string; count: number };
type Source = { readonly name: string; total: number; readonly counts: Map<string, Count> };

/** Counts reports by source and reason, in bounded memory. */
export class WatchSummary {
  private readonly names = new LabelValues(MOST_COUNTED);
  private readonly sources = new Map<string, Source>();

  add({ client, reason: { name: reason, severity } }: Report): void {
    const name = client === null ? '-' : this.names.of(hostOf(client));
    const source = this.sources.get(name) ?? { name, total: 0, counts: new Map<string, Count>() };
    this.sources.set(name, source);
    addTo(source, { reason, severity, count: 1 });
  }

  /** @param ms how long reports were counted */
  text(ms: number, { color, isFiltered }: { readonly color: boolean; readonly isFiltered: boolean }): string {
    const sources = this.shown();
    const counts = sources.flatMap(({ counts }) => [...counts.values()]);
    const totals = SEVERITIES.map((severity) => {
      const count = counts.reduce((sum, each) => sum + (each.severity === severity ? each.count : 0), 0);
      return { severity, count };
    }).filter(({ count }) => count > 0);
    const total = totals.reduce((sum, { count }) => sum + count, 0);
    const parts = totals.map(({ severity, count }) => colored(severity, `${grouped(count)} ${severity}`, color));
    const what = `${isFiltered ? 'matching ' : ''}${total === 1 ? 'connection' : 'connections'}`;
    const first = `${grouped(total)} ${what} ended in ${roughDuration(ms)}`;
    if (total === 0) return `${first}.`;
    return `${first}: ${parts.join(', ')}.\n\n${table(sources, color)}`;
  }

  /** The sources with most connections. */
  private shown(): readonly Source[] {
    const rest: Source = { name: OTHER, total: 0, counts: new Map() };
    const named = [...this.sources.values()].filter(({ name }) => name !== OTHER);
    named.sort((one, other) => other.total - one.total);
    const known = this.sources.get(OTHER);
    const unnamed = [...named.slice(MOST_SHOWN), ...(known ? [known] : [])];
    for (const { counts } of unnamed) for (const each of counts.values()) addTo(rest, each);
    return rest.total === 0 ? named : [...named.slice(0, MOST_SHOWN), rest];
  }
}

function addTo(source: Source, { severity, reason, count }: Count): void {
  const key = `${severity} ${reason}`;
  const known = source.counts.get(key);
  if (known === undefined) source.counts.set(key, { severity, reason, count });
  else known.count += count;
  source.total += count;
}

function table(sources: readonly Source[], color: boolean): string {
  const rows = sources.flatMap(({ name, counts }) =>
    [...counts.values()].sort((one, other) => other.count - one.count).map((each) => ({ name, ...each })),
  );
  const cells = rows.map(({ name, severity, reason, count }) => [grouped(count), name, severity, reason]);
  const [head, ...lines] = tableLines([HEAD, ...cells], [0]);
  return [head, ...lines.map((line, at) => colored((rows[at] as Count).severity, line, color))].join('\n');
}

const grouped = (count: number): string => count.toLocaleString('en-US');
