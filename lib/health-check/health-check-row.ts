import type { LogLevel, ReasonName } from '../amqp/reason.js';
import { isoTime } from '../text/iso-time.js';
import { type LogVolume, volumeOf } from './broker-log.js';
import type { Guess } from './guess.js';
import type { SourceCheck } from './sources.js';
import type { HealthCheckStyle } from './style.js';
import { STYLE_ADVICE } from './style-advice.js';

/** One check of a source, or its connections of one style that are not periodic: a row of `GET /health-checks`. */
export type HealthCheckRow = {
  /** IP address; null for clients that left before it was known. */
  readonly source: string | null;
  readonly proxy: string;
  readonly style: HealthCheckStyle;
  /** What makes these connections; null if nothing known does. */
  readonly guess: Guess | null;
  /** The median gap, in ms; null if the connections are not periodic. */
  readonly periodMs: number | null;
  /** The median distance of the gaps from the period, in ms; null if the connections are not periodic. */
  readonly jitterMs: number | null;
  /** Number of connections. */
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Whether it has kept its style and period five times or more, and still does. */
  readonly established: boolean;
  /** What the broker logs about each connection, or would if it received them. */
  readonly broker: LogVolume & {
    readonly reason: ReasonName | null;
    readonly level: LogLevel | null;
    /** The same at the log level debug. */
    readonly debug: LogVolume;
  };
  /** One sentence that contains the line to change. */
  readonly advice: string;
};

/** Selects rows. A row must match every key that is given. */
export type HealthCheckQuery = { readonly [key in 'source' | 'proxy' | 'style']?: string | undefined };

/** Rows that match a query, and how many there are. */
export type HealthCheckRows = { readonly rows: readonly HealthCheckRow[]; readonly total: number };

/**
 * The rows that match, with those first that add most to the broker's log, and then the most frequent ones.
 *
 * @param most maximum rows
 */
export function healthCheckRows(
  checks: readonly SourceCheck[],
  { source, proxy, style }: HealthCheckQuery,
  most: number,
): HealthCheckRows {
  const found = checks.filter(
    (each) =>
      (source === undefined || each.source === source) &&
      (proxy === undefined || each.proxy === proxy) &&
      (style === undefined || each.track.style === style),
  );
  const ranked = found.map((each) => ({
    each,
    entries: entriesPerDay(each),
    period: each.check?.expected.period ?? Infinity,
  }));
  ranked.sort(
    (one, other) =>
      other.entries - one.entries ||
      (one.period === other.period ? other.each.track.count - one.each.track.count : one.period - other.period),
  );
  return { rows: ranked.slice(0, most).map(({ each }) => rowOf(each)), total: found.length };
}

const entriesPerDay = ({ track, check }: SourceCheck): number =>
  (track.logged && check && volumeOf(track.logged, 'info', check.expected.period).entriesPerDay) ?? 0;

function rowOf({ source, proxy, track, check }: SourceCheck): HealthCheckRow {
  const { style, guess, logged } = track;
  const { periodMs = null, jitterMs = null } = check ?? {};
  const { count, firstSeen, lastSeen } = check ?? track;
  const log = logged ?? { reason: null, level: null, entries: [] };
  return {
    source,
    proxy,
    style,
    guess,
    periodMs: rounded(periodMs),
    jitterMs: rounded(jitterMs),
    count,
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    established: check?.isRegular ?? false,
    broker: {
      reason: log.reason,
      level: log.level,
      ...volumeOf(log, 'info', periodMs),
      debug: volumeOf(log, 'debug', periodMs),
    },
    advice: guess?.advice ?? STYLE_ADVICE[style],
  };
}

const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
