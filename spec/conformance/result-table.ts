import { countDifferences, type Finding, type Tally } from './tally.js';

/** The result of one broker. */
export interface Result {
  /** As given on the command line. */
  readonly version: string;
  /** As reported by the broker. */
  readonly broker: string;
  /** The family of the scripts. */
  readonly family: string;
  readonly fixed: number;
  readonly generated: number;
  readonly hasLog: boolean;
  readonly tally: Tally;
  readonly seconds: number;
}

const TITLES = [
  'version',
  'broker',
  'family',
  'fixed',
  'generated',
  'differences',
  'flaky',
  'permitted',
  'seconds',
  'compared',
];

/** The results as a table for a terminal, followed by the permitted races. */
export function resultTable(results: readonly Result[]): string {
  const rows = [TITLES, ...results.map(row)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((cells) => (cells[column] as string).length)));
  const isNumber = (column: number) => column >= 3 && column < TITLES.length - 1;
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join('  ')
      .trimEnd();
  const permitted = results.flatMap(({ version, family, tally: { races } }) => {
    const counted = [...races].map(([name, count]) => `${name} ${count}`);
    return counted.length > 0 ? [`permitted in ${version}, ${family}: ${counted.join(', ')}`] : [];
  });
  return [...rows.map(line), ...permitted].join('\n');
}

function row({ version, broker, family, fixed, generated, hasLog, tally, seconds }: Result): string[] {
  return [
    version,
    broker,
    family,
    String(fixed),
    String(generated),
    String(countDifferences(tally)),
    String(tally.flaky.length),
    String(tally.permitted),
    seconds.toFixed(1),
    hasLog
      ? `octets, end, time; reasons of ${tally.compared.get('reason') ?? 0}; log entries of ${tally.compared.get('entries') ?? 0}`
      : 'octets, end, time only (no --log)',
  ];
}

/** Longer lines are truncated. */
const SHOWN = 400;
const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/** Longer hex is cut off: the script can be generated again. */
const HEX = 160;
const shortened = (key: string, value: unknown): unknown =>
  key === 'hex' && typeof value === 'string' && value.length > HEX
    ? `${value.slice(0, HEX)}… (${value.length / 2} octets)`
    : value;

/** A finding in full: the script, for a replay, and the differences of each run. */
export function describeFinding({ script, differences, stalled }: Finding): string {
  const times = differences.map((lines, at) => {
    const when = `${at === 0 ? 'first run' : `replay ${at}`}${stalled[at] ? ', machine stalled' : ''}`;
    return lines.length === 0 ? [`  ${when}: no difference`] : lines.map((line) => cut(`  ${when}: ${line}`));
  });
  const { name, group: _group, watch: _watch, steps, ...rest } = script;
  const played = Object.keys(rest).length > 0 ? { ...rest, ...(steps.length > 0 ? { steps } : {}) } : steps;
  return [name, cut(`  ${JSON.stringify(played, shortened)}`), ...times.flat()].join('\n');
}
