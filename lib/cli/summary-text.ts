import type { LogSummary, SourceSummary } from '../broker-log/log-summary.js';
import type { Period } from '../broker-log/recent-times.js';
import { oneLine } from '../text/one-line.js';
import { wordsOf } from './explained-text.js';

/** Sources that are named for one explanation, and other reasons that are named after the table. */
const [MOST_NAMED, MOST_OTHERS] = [3, 6] as const;
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** The summary of a log, as text. @param width columns; if there are too few, the table has fewer columns */
export function summaryText(summary: LogSummary, width: number): string {
  const { sources, others, unexplained, otherLines, cutLines } = summary;
  const parts = [headOf(summary)];
  if (sources.length > 0) parts.push(tableOf(sources, isWithinDay(summary), width));
  if (others.length > 0) {
    const named = others.slice(0, MOST_OTHERS).map(({ name, count }) => `${count.toLocaleString('en-US')} ${name}`);
    parts.push(`Not in the table: ${named.join(', ')}${others.length > MOST_OTHERS ? ', and more' : ''}.`);
  }
  parts.push(...explanationsOf(sources));
  if (unexplained.count > 0)
    parts.push(
      [
        `${counted(unexplained.count, 'entry', 'entries')} about connections without an explanation, such as:`,
        ...unexplained.examples.map((example) => `  ${oneLine(example.replaceAll('\n', ' '))}`),
      ].join('\n'),
    );
  if (otherLines > 0) parts.push(`${counted(otherLines, 'line', 'lines')} skipped: not written by RabbitMQ.`);
  if (cutLines > 0) parts.push(`${counted(cutLines, 'line', 'lines')} longer than 256 KiB: the rest was not read.`);
  return parts.join('\n\n');
}

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

function headOf({ lines, entries, connectionEntries, connections, from, to }: LogSummary): string {
  const read = `${counted(lines, 'line', 'lines')}, ${counted(entries, 'entry', 'entries')}`;
  if (entries === 0) return `${read}: this is not a log of RabbitMQ.`;
  const about = `${connectionEntries.toLocaleString('en-US')} about connections`;
  const { accepted, closed } = connections;
  const pairs = `${counted(accepted, 'connection', 'connections')} accepted, ${closed.toLocaleString('en-US')} closed`;
  if (from === null || to === null) return `${read}, ${about}\n${pairs}`;
  const span = durationOf(Date.parse(to) - Date.parse(from));
  return `${read}, ${about}\n${pairs}\nfrom ${dateOf(from)} to ${dateOf(to)} (${span})`;
}

function isWithinDay({ from, to }: LogSummary): boolean {
  return from !== null && from.slice(0, 10) === to?.slice(0, 10);
}

const dateOf = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)}`;

/** The columns of the table, and which of them go first if there is no room. */
const COLUMNS = ['count', 'source', 'reason', 'every', 'worry', 'level', 'first', 'last'] as const;
const OPTIONAL = ['level', 'first', 'last'];

function tableOf(sources: readonly SourceSummary[], isShort: boolean, width: number): string {
  const short = (time: string | null) =>
    time === null ? '-' : isShort ? time.slice(11, 19) : dateOf(time).slice(5, 16);
  const rows = sources.map((row) => [
    row.count.toLocaleString('en-US'),
    row.source ?? '-',
    row.explanation.name,
    everyOf(row.periods),
    row.explanation.worry,
    row.level ?? '-',
    short(row.first),
    short(row.last),
  ]);
  const all: (readonly string[])[] = [COLUMNS, ...rows.map((row) => row.map(oneLine))];
  const widths = COLUMNS.map((_, at) => Math.max(...all.map((row) => (row[at] as string).length)));
  const shown = new Set<number>(COLUMNS.keys());
  const total = () => [...shown].reduce((sum, at) => sum + (widths[at] as number) + 2, -2);
  for (const name of OPTIONAL) if (total() > width) shown.delete(COLUMNS.indexOf(name as 'level'));
  return all
    .map((row) =>
      [...shown]
        .map((at) =>
          at === 0
            ? (row[at] as string).padStart(widths[at] as number)
            : (row[at] as string).padEnd(widths[at] as number),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `5s`, `5s and 30s`; - if there is no period. */
const everyOf = (periods: readonly Period[]): string =>
  periods.length === 0 ? '-' : periods.map(({ periodMs }) => durationOf(periodMs)).join(' and ');

/** A duration in its largest unit, with one digit after the point where that matters. */
function durationOf(ms: number): string {
  const [unit, size] = (
    [
      ['d', DAY],
      ['h', HOUR],
      ['m', MINUTE],
      ['s', SECOND],
    ] as const
  ).find(([, each]) => ms >= each * 0.9995) ?? ['ms', 1];
  return `${Number((ms / size).toFixed(size === 1 ? 0 : 1))}${unit}`;
}

/** One explanation for each reason in the table, with the sources that it is about. */
function explanationsOf(sources: readonly SourceSummary[]): string[] {
  const byName = new Map<string, SourceSummary[]>();
  for (const row of sources) {
    const { name, looksLike } = row.explanation;
    const key = `${name} ${looksLike?.what}`;
    byName.set(key, [...(byName.get(key) ?? []), row]);
  }
  return [...byName.values()].map((rows) => {
    const [first] = rows as [SourceSummary];
    const named = rows.slice(0, MOST_NAMED).map(({ source }) => source ?? 'clients that the entries do not name');
    const more = rows.length > MOST_NAMED ? ` and ${rows.length - MOST_NAMED} more` : '';
    return [`${first.explanation.name}: ${oneLine(named.join(', '))}${more}`, ...wordsOf(first.explanation)].join('\n');
  });
}
