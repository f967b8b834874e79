import { unfoldBadHeader } from '../amqp/bad-header-sentence.js';
import type { Dialect } from '../amqp/dialect.js';
import type { Report } from './report.js';

/** An entry of a broker's log: a level, the reader's pid, and a text of one or more lines. */
export type Entry = {
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly pid: string;
  readonly text: string;
  /** ms since 1970 */
  readonly time: number;
};

/** What the two entries of a connection are made of. */
type Named = { readonly client: string | null; readonly listen: string };

const nameOf = ({ client, listen }: Named): string => `${client} -> ${listen}`;

/** The text with which a broker announces a connection. */
export function acceptingText(named: Named, pid: string, dialect: Dialect): string {
  const name = nameOf(named);
  return dialect.connectionLines === 'pid'
    ? `accepting AMQP connection ${pid} (${name})`
    : `accepting AMQP connection ${name}`;
}

/** The text with which a broker says that a connection is over, and why. */
export function closingText(report: Report, pid: string, dialect: Dialect): string {
  const { name: reason, term } = report.reason;
  const name = nameOf(report);
  const withDuration = dialect.connectionLines === 'duration';
  const duration = withDuration ? `, duration: '${printDuration(report.durationMs)}'` : '';
  if (reason === 'bad_header' && dialect.detectsPeers) {
    return `closing AMQP connection ${name} (duration: '${printDuration(report.durationMs)}'):\n${unfoldBadHeader(term ?? '')}`;
  }
  if (reason === 'sasl_required') return `closing AMQP 1.0 connection (${name}${duration}): ${term}`;
  if (reason === 'connection_closed') {
    return `closing AMQP connection ${withDuration ? '' : `${pid} `}(${name}${login(report, dialect)}${duration})`;
  }
  const known = reason === 'connection_closed_abruptly' ? login(report, dialect) : '';
  return `closing AMQP connection ${pid} (${name}${known}${duration}):\n${term}`;
}

/** `, vhost: 'V', user: 'U'` once the user is known; V is `none` until the connection was open. */
function login({ handshake, timing }: Report, dialect: Dialect): string {
  if (!dialect.namesUser || handshake === null || handshake.user === null) return '';
  const vhost = timing.openMs === null ? 'none' : (handshake.vhost ?? 'none');
  return `, vhost: '${oneLine(vhost)}', user: '${oneLine(handshake.user)}'`;
}

/** A client chooses these names; it must not write lines of its own into the log, nor control a terminal that shows it. */
const oneLine = (name: string): string => name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '.');

/** `3ms`, `1s`, `2M, 5s`, `1H, 0M, 3s`: truncated, as `connection_duration` in rabbit_reader.erl does it. */
export function printDuration(ms: number): string {
  if (ms < 1000) return `${Math.trunc(ms)}ms`;
  const all = Math.trunc(ms / 1000);
  const parts = [
    [Math.trunc(all / 86_400), 'D'],
    [Math.trunc(all / 3600) % 24, 'H'],
    [Math.trunc(all / 60) % 60, 'M'],
    [all % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first)
    .map(([count, unit]) => `${count}${unit}`)
    .join(', ');
}

/** An entry in the shape that the broker's log has, without a line end behind it. */
export function printEntry({ level, pid, text, time }: Entry, dialect: Dialect): string {
  const at = new Date(time);
  switch (dialect.entryShape) {
    case 'report': {
      // 3.6 knows no debug heading: debug is written as info.
      const heading = level === 'debug' ? 'INFO' : level.toUpperCase();
      return `\n=${heading} REPORT==== ${reportTime(at)} ===\n${text}`;
    }
    case 'first line prefixed':
      return `${localDate(at)} ${localTime(at)}.${pad(at.getMilliseconds(), 3)} [${level}] ${pid} ${text}`;
    case 'every line prefixed': {
      const prefix = `${localDate(at)} ${localTime(at)}.${pad(at.getMilliseconds(), 3)}000${offset(at)} [${level}] ${pid}`;
      return text
        .split('\n')
        .map((line) => `${prefix} ${line}`.trimEnd())
        .join('\n');
    }
    default:
      return dialect.entryShape satisfies never;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
const localTime = (at: Date): string => `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
const localDate = (at: Date): string => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
const reportTime = (at: Date): string =>
  `${at.getDate()}-${MONTHS[at.getMonth()]}-${at.getFullYear()}::${localTime(at)}`;

/** `+00:00`: minutes that local time is ahead. */
function offset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${pad(Math.trunc(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
}
