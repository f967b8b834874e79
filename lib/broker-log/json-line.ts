import { type LogLevel, levelOf, levelOfPriority } from './log-level.js';
import { parseTime } from './log-time.js';

/** A log line that is a JSON object. */
export type JsonLine = {
  readonly stream: string;
  /** ms since 1970 */
  readonly at: number | null;
  readonly level: LogLevel | null;
  readonly pid: string | null;
  readonly text: string;
  readonly isPartial: boolean;
  /** Whether this is RabbitMQ's own JSON format: an entry with its level, rather than a line that another program has wrapped. */
  readonly isEntry: boolean;
};

/** Keys of the message, the first present one first: RabbitMQ, Docker, the journal, log shippers. */
const TEXT_KEYS = ['msg', 'log', 'MESSAGE', 'message', 'line', 'body', 'text'];
const TIME_KEYS = ['time', '__REALTIME_TIMESTAMP', '@timestamp', 'timestamp', 'ts'];
const LEVEL_KEYS = ['level', 'severity', 'lvl', 'l'];
const STREAM_KEYS = [
  '_HOSTNAME',
  'namespace',
  'podName',
  'pod',
  'containerName',
  'container',
  'node',
  'host',
  'hostname',
];

/**
 * Reads a line that is a JSON object: RabbitMQ's own format, Docker's json-file, `journalctl -o json`, or a log shipper's.
 * Undefined if it is not one, or has no message.
 */
export function jsonLine(line: string, now: number): JsonLine | undefined {
  // Erlang's terms begin with a brace, too.
  if (!/^\{ ?"/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const key = TEXT_KEYS.find((name) => typeof fields[name] === 'string' || isBytes(fields[name]));
  if (key === undefined) return undefined;
  const text = textOf(fields[key]);
  const isDocker = key === 'log';
  const level = levelIn(fields);
  return {
    stream: STREAM_KEYS.map((name) => fields[name])
      .filter((name) => typeof name === 'string')
      .join(' '),
    at: timeOf(
      TIME_KEYS.map((name) => fields[name]).find((time) => time !== undefined),
      now,
    ),
    level,
    pid: typeof fields['pid'] === 'string' ? fields['pid'] : null,
    // Docker keeps the line end, except in a part of a long line.
    text: isDocker ? text.replace(/\r?\n$/, '') : text,
    isPartial: isDocker && typeof fields['stream'] === 'string' && !text.endsWith('\n'),
    isEntry: !isDocker && level !== null && typeof fields['PRIORITY'] !== 'string',
  };
}

/** A journal writes a message that is not UTF-8 as a list of bytes. */
const isBytes = (value: unknown): boolean => Array.isArray(value) && value.every((byte) => typeof byte === 'number');

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : Buffer.from(value as number[]).toString();

function levelIn(fields: Readonly<Record<string, unknown>>): LogLevel | null {
  const word = LEVEL_KEYS.map((name) => fields[name]).find((level) => typeof level === 'string');
  if (word !== undefined) return levelOf(word as string) ?? null;
  const priority = fields['PRIORITY'];
  return typeof priority === 'string' && /^[0-7]$/.test(priority) ? levelOfPriority(Number(priority)) : null;
}

/** Text, or a number of s or µs since 1970. */
function timeOf(time: unknown, now: number): number | null {
  return typeof time === 'string' || typeof time === 'number' ? parseTime(`${time}`, now) : null;
}
