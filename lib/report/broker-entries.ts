import type { Dialect } from '../amqp/dialect.js';
import { isLoggedAsException, type LogLevel, type Reason } from '../amqp/reason.js';
import type { BrokerEntry, BrokerLog } from '../health-check/broker-log.js';
import { acceptingText, closingText, errorText, grantedText, namedText, printEntry } from './rabbitmq-entry.js';
import type { Report } from './report.js';
import { tlsFailureText } from './tls-failure-entry.js';

/** The texts of entries have no effect on how many lines they have. */
const PID = '<0.1.0>';

/**
 * Returns what a broker of that dialect logs about a connection, at level debug.
 *
 * @param reason the source of the reason in the report
 */
export function brokerLog(report: Report, reason: Reason, dialect: Dialect): BrokerLog {
  const closing = hasNoClosingEntry(report, reason, dialect) ? null : closingEntry(report, reason, dialect);
  const others = hasNoReader(report, reason) ? [] : earlierEntries(report, reason, dialect);
  const entries = closing === null ? others : [...others, closing];
  return { reason: report.reason.name, level: closing?.level ?? null, entries };
}

/**
 * Whether a broker has no closing entry for a connection: the client reset it before accept, or it ended for another
 * reason than TLS before the TLS handshake was complete; the reader crashed (and left a crash report); or the broker was
 * stopped and had no time.
 */
export function hasNoClosingEntry(report: Report, cause: Reason, dialect: Dialect): boolean {
  const { client, tls, reason, connectionClose, timing } = report;
  if ('proxyHeader' in cause && dialect.proxyHeaderFailure === 'crash') return true;
  const isBeforeTls = tls?.terminated && tls.version === null && !('tls' in cause);
  const isStopped = connectionClose?.code === 320 && connectionClose.text.endsWith("with reason 'shutdown'");
  return client === null || isBeforeTls || reason.name === 'reader_crashed' || (isStopped && timing.openMs !== null);
}

/** Whether the connection ended before a broker's reader had it, so that there is no `accepting` entry. */
function hasNoReader({ client, tls }: Report, cause: Reason): boolean {
  return client === null || 'proxyHeader' in cause || (tls?.terminated === true && tls.version === null);
}

function closingEntry(report: Report, reason: Reason, dialect: Dialect): BrokerEntry | null {
  const text =
    'tls' in reason ? tlsFailureText(report, reason.tls, dialect) : closingText(report, reason, PID, dialect);
  if (text === null) return null;
  // The error has its own entry; the closing entry is then that of a clean end.
  return entryOf(isLoggedAsException(reason) ? 'info' : report.reason.loggedAs, text, dialect);
}

function earlierEntries(report: Report, reason: Reason, dialect: Dialect): BrokerEntry[] {
  const { handshake, octets, ended, timing } = report;
  const byEnd = octets.received === 0 && ended.by === 'client';
  const entries = [entryOf(byEnd ? 'debug' : 'info', acceptingText(report, PID, dialect), dialect)];
  if (handshake === null) return entries;
  const protocol = /^414d5150..010000$/.test(report.header.hex) ? '1.0' : '0-9-1';
  const named = { ...report, handshake, protocol } as const;
  const texts = [namedText(named, PID, dialect), timing.openMs === null ? null : grantedText(named, PID, dialect)];
  for (const text of texts) if (text !== null) entries.push(entryOf('info', text, dialect));
  if (isLoggedAsException(reason)) {
    entries.push(entryOf('error', errorText({ ...named, reason }, PID, dialect), dialect));
  }
  return entries;
}

function entryOf(level: LogLevel, text: string, dialect: Dialect): BrokerEntry {
  return { level, lines: printEntry({ level, pid: PID, text, time: 0 }, dialect).split('\n').length };
}
