import { PROBE_CASES } from './cases.js';
import { describeOctets } from './describe-octets.js';
import type { ProbeResult } from './play.js';

const TITLES = ['case', 'sent', 'received', 'end', 'ms'] as const;

/** Wide enough for `999999.9`, so that the titles are at the same position in every table. */
const TIME_WIDTH = 8;

/** A column after the times: its title, and one cell per result. */
export type LastColumn = readonly [title: string, ...cells: string[]];

/**
 * Formats the results for a terminal, without a line break at the end. Except for the times, the text is the same for a
 * broker and for the proxy in front of it.
 */
export function formatTable(results: readonly ProbeResult[], last?: LastColumn): string {
  const rows: (readonly string[])[] = [TITLES, ...results.map(toRow)];
  const widths = TITLES.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row) => row.map((cell, column) => align(cell, column, widths[column] as number)).join('  '));
  return (last ? lines.map((line, at) => `${line}  ${last[at]}`) : lines).join('\n');
}

function toRow(result: ProbeResult): readonly string[] {
  return [
    result.case,
    describeSent(result),
    describeOctets(Buffer.from(result.received, 'hex')),
    result.end,
    result.ms.toFixed(1),
  ];
}

function describeSent(result: ProbeResult): string {
  const steps = PROBE_CASES.find(({ name }) => name === result.case)?.steps ?? [];
  const fin = steps.includes('fin') ? ['FIN'] : [];
  const octets = result.sent === '' && fin.length > 0 ? [] : [describeOctets(Buffer.from(result.sent, 'hex'))];
  return [...octets, ...fin].join(', ');
}

/** Times are right-aligned, so that their decimal points line up. */
function align(cell: string, column: number, width: number): string {
  return column === TITLES.length - 1 ? cell.padStart(Math.max(width, TIME_WIDTH)) : cell.padEnd(width);
}
