import { columnsOf } from '../../text/columns.js';
import { roughDuration } from '../../text/rough-duration.js';
import type { TerminalSize } from '../terminal-size.js';
import {
  faultsBlock,
  handshakeBlock,
  openText,
  proxiesBlock,
  reasonsBlock,
  SORTS,
  type Sort,
  scenariosBlock,
  sourcesBlock,
  totalsBlock,
} from './blocks.js';
import { type Line, layOut, lineText } from './line.js';
import type { Snapshot } from './snapshot.js';

/** How `top` shows an instance. */
export type View = {
  readonly url: string;
  readonly sort: Sort;
  readonly color: boolean;
  /** Of the terminal; null: not a terminal, everything is shown. */
  readonly size: TerminalSize | null;
  readonly isPaused: boolean;
  /** Why there is no newer snapshot; null: there is one. */
  readonly problem: string | null;
};

/** Returns what `top` shows, as lines with exactly as many as the terminal has. */
export function topLines(snapshot: Snapshot, view: View): readonly string[] {
  const { size, sort, color } = view;
  const columns = size?.columns ?? null;
  const blocks = [
    totalsBlock(snapshot),
    handshakeBlock(snapshot),
    proxiesBlock(snapshot),
    ...(snapshot.scenarios.length > 0 ? [scenariosBlock(snapshot)] : []),
    ...(snapshot.faults.length > 0 ? [faultsBlock(snapshot)] : []),
    reasonsBlock(snapshot, columns),
    sourcesBlock(snapshot, sort),
  ];
  const top = [titleOf(snapshot, view), brokenLine(snapshot), { text: openText(snapshot.overview) }];
  if (size === null) {
    return [...top, ...layOut(blocks, Number.POSITIVE_INFINITY)].map((line) => lineText(line, null, color));
  }
  const body = [...top, ...layOut(blocks, size.rows - top.length - 1)].slice(0, Math.max(0, size.rows - 1));
  const empty = Array.from({ length: Math.max(0, size.rows - 1 - body.length) }, () => ({ text: '' }));
  return [...body, ...empty, footer(view)].map((line) => lineText(line, columns, color));
}

function titleOf({ overview: { version, startedAt, at } }: Snapshot, { url, size, problem }: View): Line {
  const up = roughDuration(Math.max(0, Date.parse(at) - Date.parse(startedAt)));
  const time = `${at.slice('YYYY-MM-DDT'.length, -'.SSSZ'.length)}Z`;
  if (problem !== null) return { text: `Not live: ${problem} The last answer is from ${time}.`, style: 'inverse' };
  const left = `rabbit-snare ${version} on ${url}, up ${up}`;
  const blanks = size === null ? 2 : Math.max(2, size.columns - columnsOf(left) - time.length);
  return { text: `${left}${' '.repeat(blanks)}${time}`, style: 'bold' };
}

/** What is broken on purpose. */
function brokenLine({ overview: { proxies }, faults, scenarios }: Snapshot): Line {
  const on = faults.filter(({ enabled, hits, times }) => enabled && (times === null || hits < times)).length;
  const down = proxies.filter(({ enabled }) => !enabled).map(({ name }) => name);
  const failing = proxies.filter(({ healthChecks }) => failsChecks(healthChecks)).map(({ name }) => name);
  const parts = [
    ...(on > 0 ? [`${on} ${on === 1 ? 'fault' : 'faults'}`] : []),
    ...scenarios.map(({ id, name }) => `scenario ${name ?? id}`),
    ...down.map((name) => `proxy ${name} is down`),
    ...failing.map((name) => `proxy ${name} fails health checks`),
  ];
  if (parts.length === 0) return { text: 'Nothing is broken on purpose.', style: 'green' };
  return { text: `Broken on purpose: ${parts.join(', ')}.`, style: 'inverse' };
}

const failsChecks = (checks: Snapshot['overview']['proxies'][number]['healthChecks']): boolean =>
  typeof checks === 'string' ? checks === 'fail' : checks.some(({ answer }) => answer === 'fail');

function footer({ sort, isPaused }: View): Line {
  const text = `q quit  p ${isPaused ? 'continue' : 'pause'}  s sort sources (${SORTS[sort]})`;
  return { text: isPaused ? `${text}  PAUSED` : text, style: 'inverse' };
}
