import type { LogLevel, ReasonName } from '../amqp/reason.js';

/** An entry of a broker's log: its level, and how many lines it has. */
export type BrokerEntry = { readonly level: LogLevel; readonly lines: number };

/** What a broker logs about a connection. */
export type BrokerLog = {
  /** Null: no connection was described yet. */
  readonly reason: ReasonName | null;
  /** The level of the entry about its end; null if there is none. */
  readonly level: LogLevel | null;
  /** All entries about the connection. */
  readonly entries: readonly BrokerEntry[];
};

/** Entries and lines of a broker's log: of one connection, and in a day. */
export type LogVolume = {
  readonly entries: number;
  /** Null: no period is known. */
  readonly entriesPerDay: number | null;
  readonly linesPerDay: number | null;
};

const DAY = 86_400_000;

/**
 * How much a periodic check adds to a broker's log.
 *
 * @param level the log level of the broker: `info` is its default
 * @param periodMs null: it is not known
 */
export function volumeOf({ entries: all }: BrokerLog, level: 'info' | 'debug', periodMs: number | null): LogVolume {
  const entries = level === 'debug' ? all : all.filter((entry) => entry.level !== 'debug');
  const perDay = (each: number): number | null => (periodMs === null ? null : Math.round((each * DAY) / periodMs));
  return {
    entries: entries.length,
    entriesPerDay: perDay(entries.length),
    linesPerDay: perDay(entries.reduce((sum, { lines }) => sum + lines, 0)),
  };
}
