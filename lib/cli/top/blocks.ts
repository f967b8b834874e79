import { type ReasonName, severityOf } from '../../amqp/reason.js';
import type { Overview, ProxyOverview } from '../../control/overview.js';
import type { FaultView } from '../../control/routes/faults.js';
import type { ScenarioView } from '../../control/scenario-view.js';
import type { HealthCheckRow } from '../../health-check/health-check-row.js';
import { REASON_DOCS } from '../../report/reason-docs.js';
import { inColumns } from '../../text/columns.js';
import { roughDuration } from '../../text/rough-duration.js';
import { tableLines } from '../../text/table.js';
import { keyValues } from '../key-values.js';
import { countText, rateText, shareText, sparkline } from './counts.js';
import type { Block, Line, Style } from './line.js';
import type { Snapshot } from './snapshot.js';

/** Columns of a count in the tables of totals and of the handshake, and of the words before them. */
const [COUNT, WORD] = [10, 10] as const;
/** Characters of a bar chart that has as much room as it needs. */
const CHART = 60;
const STYLES = { error: 'red', warning: 'yellow', info: 'green' } as const;

/** How the sources are sorted. */
export const SORTS = { log: 'by log entries', count: 'by connections', seen: 'by last seen' } as const;
export type Sort = keyof typeof SORTS;

/** A block whose rows are aligned with its head. @param right the columns that are aligned right */
function tableBlock(
  head: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly style?: Style | undefined }[],
  { right = [], least }: { readonly right?: readonly number[]; readonly least: number },
): Block {
  const [first = '', ...lines] = tableLines([head, ...rows.map(({ cells }) => cells)], right);
  return { head: first, rows: lines.map((text, at): Line => ({ text, style: rows[at]?.style })), least };
}

const countRow = (word: string, cells: readonly string[]): string =>
  inColumns(word, WORD) + cells.map((cell) => inColumns(cell, COUNT, 'right')).join('');

/** Connections per second and since the start. */
export function totalsBlock({ rates, overview: { totals } }: Snapshot): Block {
  const { accepted, ended, forward, refuse, fault, none, healthChecks } = totals;
  const all = { accepted, ended, forward, refuse, fault, none, checks: healthChecks };
  const perSecond = { ...rates, checks: rates?.healthChecks };
  const names = Object.keys(all) as (keyof typeof all)[];
  const rate = names.map((name) => (perSecond[name] === undefined ? '-' : rateText(perSecond[name])));
  return {
    head: countRow('', names),
    rows: [
      { text: countRow('per second', rate) },
      {
        text: countRow(
          'in all',
          names.map((name) => countText(all[name])),
        ),
      },
    ],
    least: 2,
  };
}

/** How far handshakes got. */
export function handshakeBlock({ overview: { funnel } }: Snapshot): Block {
  const all = funnel[0]?.count ?? 0;
  return {
    head: countRow(
      '15 minutes',
      funnel.map(({ step }) => step),
    ),
    rows: [
      {
        text: countRow(
          'reached',
          funnel.map(({ count }) => countText(count)),
        ),
      },
      {
        text: countRow(
          'share',
          funnel.map(({ count }) => shareText(count, all)),
        ),
      },
      {
        text: countRow(
          'after',
          funnel.map(({ medianMs }) => (medianMs === null ? '-' : roughDuration(medianMs))),
        ),
      },
    ],
    least: 1,
  };
}

/** The reasons of the last 15 minutes, the most frequent first. @param columns of the terminal; null: unlimited */
export function reasonsBlock({ overview: { timeline } }: Snapshot, columns: number | null): Block {
  const first = Math.floor(timeline.from / timeline.slotMs);
  const reasons = Object.entries(timeline.reasons).map(([name, counts]) => ({
    name,
    counts,
    count: counts.reduce((sum, each) => sum + each, 0),
  }));
  reasons.sort((one, other) => other.count - one.count);
  const longest = Math.max(0, ...reasons.map(({ name }) => name.length));
  const width = columns === null ? CHART : Math.max(2, Math.min(CHART, columns - longest - 14));
  return tableBlock(
    ['connections', 'reason', 'last 15 minutes'],
    reasons.map(({ name, count, counts }) => ({
      cells: [countText(count), name, sparkline(counts, first, width)],
      style: styleOf(name),
    })),
    { right: [0], least: 4 },
  );
}

function styleOf(name: string): Style | undefined {
  const [example] = REASON_DOCS[name as ReasonName]?.examples ?? [];
  return example && STYLES[severityOf(example)];
}

/** The sources of health checks, and of connections that look like them. */
export function sourcesBlock({ overview, healthChecks: { sources, total } }: Snapshot, sort: Sort): Block {
  const now = Date.parse(overview.at);
  const sorted = [...sources];
  if (sort === 'count') sorted.sort((one, other) => other.count - one.count);
  if (sort === 'seen') sorted.sort((one, other) => Date.parse(other.lastSeen) - Date.parse(one.lastSeen));
  const block = tableBlock(
    ['connections', 'source', 'proxy', 'looks like', 'every', 'log level', 'entries/day', 'seen'],
    sorted.map((row) => ({ cells: sourceCells(row, now) })),
    { right: [0, 6], least: 3 },
  );
  return total > sources.length ? { ...block, head: `${block.head}  (first ${sources.length} of ${total})` } : block;
}

function sourceCells({ source, proxy, style, guess, periodMs, count, broker, lastSeen }: HealthCheckRow, now: number) {
  return [
    countText(count),
    source ?? '-',
    proxy,
    guess?.what ?? style,
    periodMs === null ? '-' : roughDuration(periodMs),
    broker.level ?? '-',
    broker.entriesPerDay === null ? '-' : countText(broker.entriesPerDay),
    `${roughDuration(Math.max(0, now - Date.parse(lastSeen)))} ago`,
  ];
}

/** The faults, as often as they have acted. */
export function faultsBlock({ faults }: Snapshot): Block {
  return tableBlock(
    ['hits', 'fault', 'state', 'type', 'stream', 'attributes'],
    faults.map((fault) => ({ cells: faultCells(fault), style: fault.enabled ? 'red' : 'dim' })),
    { right: [0], least: 2 },
  );
}

function faultCells({ id, type, stream, enabled, hits, times, toxicity, attributes, when }: FaultView): string[] {
  const state = !enabled ? 'off' : times !== null && hits >= times ? 'spent' : 'on';
  const chance = toxicity === 1 ? '' : ` toxicity=${toxicity}`;
  const words = `${keyValues(attributes)} ${keyValues(when)}${chance}`;
  return [times === null ? `${hits}` : `${hits}/${times}`, id, state, type, stream, words.trim().replaceAll('  ', ' ')];
}

/** The scenarios that run. */
export function scenariosBlock({ scenarios }: Snapshot): Block {
  return tableBlock(
    ['scenario', 'name', 'step', 'ends in', 'lease', 'active'],
    scenarios.map((scenario) => ({ cells: scenarioCells(scenario), style: 'red' })),
    { least: 1 },
  );
}

function scenarioCells({ id, name, leftMs, leaseLeftMs, steps }: ScenarioView): string[] {
  const active = steps.filter(({ state }) => state === 'active').map(({ what }) => what);
  const over = steps.filter(({ state }) => state === 'over').length;
  return [
    id,
    name ?? '-',
    `${over + active.length}/${steps.length}`,
    leftMs === null ? '-' : roughDuration(leftMs),
    leaseLeftMs === null ? '-' : roughDuration(leaseLeftMs),
    active.join(', ') || '-',
  ];
}

/** The proxies. */
export function proxiesBlock({ overview: { proxies } }: Snapshot): Block {
  return tableBlock(
    ['open', 'proxy', 'state', 'listen', 'upstream', 'mode', 'broker'],
    proxies.map((proxy) => ({ cells: proxyCells(proxy), style: proxy.enabled ? undefined : 'red' })),
    { right: [0], least: 2 },
  );
}

function proxyCells({ name, open, enabled, listen, upstream, mode, dialect, learned }: ProxyOverview): string[] {
  const broker = learned === null ? `not known (${dialect})` : `${learned.product} ${learned.version ?? ''}`.trim();
  return [countText(open), name, enabled ? 'up' : 'down', listen, upstream, mode, broker];
}

/** Open connections by stage, in one line. */
export function openText({ open, limits: { connections, memory } }: Overview): string {
  const counts = Object.entries(open);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const stages = counts.map(([stage, count]) => `${countText(count)} ${stage}`).join(', ');
  const most = connections.max === null ? '' : ` of at most ${countText(connections.max)}`;
  const refusing = memory.refusing ? '. New ones are refused: too little memory' : '';
  return `${countText(all)} open${most}${stages === '' ? '' : `: ${stages}`}${refusing}`;
}
