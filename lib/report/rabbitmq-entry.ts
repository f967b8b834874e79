import type { Dialect } from '../amqp/dialect.js';
import { type Handshake, NOTHING_SAID } from '../amqp/handshake.js';
import { isLoggedAsException, type LogLevel, type Reason } from '../amqp/reason.js';
import { brokerError, termOf } from '../amqp/term.js';
import { oneLine } from '../text/one-line.js';
import { localSecond, pad } from './local-second.js';
import type { Report } from './report.js';

/** An entry of a broker's log: a level, the reader's pid, and text of one or more lines. */
export type Entry = {
  readonly level: LogLevel;
  readonly pid: string;
  readonly text: string;
  /** ms since 1970 */
  readonly time: number;
};

/** The values that identify a connection in an entry. */
type Named = {
  readonly client: string | null;
  readonly listen: string;
  /** The address that the client connected to, according to a PROXY header. */
  readonly destination?: string | null;
  readonly handshake: Handshake | null;
  readonly protocol?: '0-9-1' | '1.0';
};

/** Returns `CLIENT -> SERVER`, followed by the name that the client gave the connection. */
function nameOf({ client, destination, listen, handshake, protocol }: Named): string {
  const given = protocol === '1.0' ? null : (handshake?.connectionName ?? null);
  return `${client} -> ${destination ?? listen}${given === null ? '' : ` - ${oneLine(given)}`}`;
}

/** Returns the text of a broker's entry for a new connection. */
export function acceptingText(named: Omit<Named, 'handshake'>, pid: string, dialect: Dialect): string {
  return `accepting AMQP connection ${who(named, pid, dialect)}`;
}

/** Returns the text of a broker's entry for the name that a client gave its connection; null if it gave none. */
export function namedText(
  named: Named & { readonly handshake: Handshake },
  pid: string,
  dialect: Dialect,
): string | null {
  const { connectionName } = named.handshake;
  if (connectionName === null || named.protocol === '1.0') return null;
  const unnamed = who({ ...named, handshake: NOTHING_SAID }, pid, dialect);
  return `${dialect.namedConnection} ${unnamed} has a client-provided name: ${oneLine(connectionName)}`;
}

/** Returns the text of a broker's entry for a connection that is open; null if that version has none. */
export function grantedText(
  named: Named & { readonly handshake: Handshake },
  pid: string,
  dialect: Dialect,
): string | null {
  const { user, vhost, mechanism, connectionName } = named.handshake;
  if (named.protocol === '1.0') {
    if (!dialect.amqp10Native) return null;
    const granted = `user '${oneLine(user ?? '')}' authenticated using SASL mechanism ${oneLine(mechanism ?? '')}`;
    return `Connection from AMQP 1.0 container '${oneLine(connectionName ?? '')}': ${granted} and granted access to vhost '${oneLine(vhost ?? '')}'`;
  }
  const login = `user '${oneLine(user ?? '')}' authenticated and granted access to vhost '${oneLine(vhost ?? '')}'`;
  return `connection ${who(named, pid, dialect)}: ${login}`;
}

function who(
  named: Omit<Named, 'handshake'> & { readonly handshake?: Handshake },
  pid: string,
  dialect: Dialect,
): string {
  const name = nameOf({ handshake: null, ...named });
  return dialect.connectionLines === 'pid' ? `${pid} (${name})` : name;
}

/** Returns the text of a broker's entry for an error that makes it close a connection. */
export function errorText(
  named: Named & { readonly handshake: Handshake; readonly reason: Reason },
  pid: string,
  dialect: Dialect,
): string {
  const { reason, handshake } = named;
  const user = `user: '${oneLine(handshake.user ?? '')}'`;
  const begin = `Error on AMQP connection ${pid} (`;
  // For a refused login, RabbitMQ leaves out the client-provided name.
  if (reason.name === 'auth_failure') {
    return `${begin}${nameOf({ ...named, handshake: null })}, state: starting):\n${termOf(reason, dialect)}`;
  }
  const error = 'error' in reason ? reason.error : null;
  if (error === null) return `${begin}${nameOf(named)}, ${user}, state: opening):\n${termOf(reason, dialect)}`;
  if ('condition' in error) {
    const channel = `${dialect.amqp10ErrorNames} ${error.channel}`;
    return `Error on AMQP 1.0 connection ${pid} (${error.stage}), ${channel}:\n${termOf(reason, dialect)}`;
  }
  const vhost = error.stage === 'running' ? oneLine(handshake.vhost ?? '') : 'none';
  const about = `vhost: '${vhost}', ${user}, state: ${error.stage}), channel ${error.channel}`;
  return `${begin}${nameOf(named)}, ${about}:\n ${brokerError(error, dialect)}`;
}

/** Returns the text of a broker's closing entry. Without its required PROXY header, a connection has no other entry. */
export function closingText(report: Report, reason: Reason, pid: string, dialect: Dialect): string {
  const term = termOf(reason, dialect);
  if ('proxyHeader' in reason) return String(term);
  const protocol = isAmqp10(report) ? '1.0' : '0-9-1';
  const name = nameOf({ ...report, protocol });
  const withDuration = dialect.connectionLines === 'duration';
  const duration = withDuration ? `, duration: '${printDuration(report.durationMs)}'` : '';
  if (reason.name === 'bad_header' && dialect.detectsPeers) {
    return `closing AMQP connection ${name} (duration: '${printDuration(report.durationMs)}'):\n${term}`;
  }
  if (reason.name === 'sasl_required') return `closing AMQP 1.0 connection (${name}${duration}): ${term}`;
  if (reason.name === 'connection_closed' || isLoggedAsException(reason)) {
    // There is no user before a successful login.
    const known = reason.name === 'auth_failure' ? '' : login(report, dialect);
    return `closing AMQP connection ${withDuration ? '' : `${pid} `}(${name}${known}${duration})`;
  }
  const isTuning = 'failure' in reason && reason.failure.type === 'tuning';
  const known = reason.name === 'connection_closed_abruptly' ? login(report, dialect) : '';
  const about = `${name}${known}${isTuning && dialect.tuningFailure === 'sentence' ? '' : duration}`;
  return `closing AMQP connection ${pid} (${about}):\n${term}`;
}

/** `AMQP`, any id, and version 1.0.0. */
const isAmqp10 = ({ header }: Report): boolean => /^414d5150..010000$/.test(header.hex);

/** Returns `, vhost: 'V', user: 'U'` once the user is known. V is `none` if the connection was never open. */
function login(report: Report, dialect: Dialect): string {
  const { handshake, timing } = report;
  // The user is known once the broker has sent Tune. AMQP 1.0 entries name no user.
  if (isAmqp10(report)) return '';
  if (!dialect.namesUser || handshake === null || handshake.user === null || timing.tuneMs === null) return '';
  const vhost = timing.openMs === null ? 'none' : (handshake.vhost ?? 'none');
  return `, vhost: '${oneLine(vhost)}', user: '${oneLine(handshake.user)}'`;
}

/**
 * Formats a duration as `3ms`, `1s`, `2M, 5s` or `1H, 0M, 3s`: truncated, as `connection_duration` in rabbit_reader.erl
 * does.
 */
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

/** Formats an entry as in the log of that RabbitMQ version, without a line end. */
export function printEntry({ level, pid, text, time }: Entry, dialect: Dialect): string {
  const second = localSecond(time);
  const millis = pad(Math.floor(time) % 1000, 3);
  switch (dialect.entryShape) {
    case 'report': {
      // 3.6 has no debug heading: it writes debug entries as INFO.
      const heading = level === 'debug' ? 'INFO' : level.toUpperCase();
      return `\n=${heading} REPORT==== ${second.report} ===\n${text}`;
    }
    case 'first line prefixed':
      return `${second.sortable}.${millis} [${level}] ${pid} ${text}`;
    case 'every line prefixed': {
      const micros = Math.floor((time % 1) * 1000);
      const prefix = `${second.sortable}.${millis}${pad(micros, 3)}${second.offset} [${level}] ${pid}`;
      if (!text.includes('\n')) return `${prefix} ${text}`.trimEnd();
      return text
        .split('\n')
        .map((line) => `${prefix} ${line}`.trimEnd())
        .join('\n');
    }
    default:
      return dialect.entryShape satisfies never;
  }
}
