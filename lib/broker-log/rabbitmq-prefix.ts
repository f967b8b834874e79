import { type LogLevel, levelOf } from './log-level.js';
import { parseTime } from './log-time.js';

/** A line that begins with RabbitMQ's own prefix. */
export type Prefixed = {
  /** The prefix as written: from 3.9 on, every line of an entry has the same one. Null if further lines have none. */
  readonly prefix: string | null;
  /** ms since 1970 */
  readonly at: number | null;
  readonly level: LogLevel | null;
  /** The Erlang process that wrote the entry. */
  readonly pid: string | null;
  /** What follows the prefix. */
  readonly text: string;
  /** Whether further lines of the entry have no prefix: up to 3.8. */
  readonly hasBareLines: boolean;
};

const PID = '(<\\d+\\.\\d+\\.\\d+>|<unknown pid>|undefined|emulator)';
/** `2022-10-01 12:00:00.123456+00:00 [error] <0.748.0> text`; 3.7 and 3.8 have no zone. */
const USUAL = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)?) \\[([A-Za-z]{3,9})\\](?: ${PID})?(?: |$)`,
);
/** The same with a time of another format, or a process in brackets: `log.*.formatter.time_format` and `plaintext.format`. */
const UNUSUAL = new RegExp(`^([^[\\]\\n]{1,40}?) ?\\[([A-Za-z]{3,9})\\](?: \\[?${PID}\\]?)?(?: |$)`);
/** The heading of an entry up to 3.6. */
const HEADING = /^=([A-Z]{4,10}) REPORT==== ?( ?\d{1,2}-[A-Z][a-z]{2}-\d{4}::\d\d:\d\d:\d\d) ===(?: |$)/;
/** An entry that the formatter of 4.0 could not format. */
const CRASHED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d) ([a-z]{4,9}): (?=FORMATTER CRASH: )/;

/** ASCII */
const [ZERO, NINE, EQUALS] = [48, 57, 61] as const;

/** Headings up to 3.6; others are of Erlang's own reports, which are about failures. */
const HEADINGS: Readonly<Record<string, LogLevel>> = { INFO: 'info', WARNING: 'warning', PROGRESS: 'info' };

/** Reads the prefix of a line in the default format of its version. Undefined if it has another one, or none. */
export function usualPrefix(line: string, now: number): Prefixed | undefined {
  const first = line.charCodeAt(0);
  if (first === EQUALS) return heading(line, now);
  const match = first >= ZERO && first <= NINE ? USUAL.exec(line) : null;
  const level = match && levelOf(match[3] as string);
  if (!match || !level) return undefined;
  const [prefix, time] = match as readonly string[] as readonly [string, string];
  return {
    prefix,
    at: parseTime(time, now),
    level,
    pid: match[4] ?? null,
    text: line.slice(prefix.length),
    hasBareLines: match[2] === undefined,
  };
}

function heading(line: string, now: number): Prefixed | undefined {
  const match = HEADING.exec(line);
  if (!match) return undefined;
  const [all, name, date] = match as readonly string[] as readonly [string, string, string];
  const [level, text] = [HEADINGS[name] ?? 'error', line.slice(all.length)];
  return { prefix: null, at: parseTime(date, now), level, pid: null, text, hasBareLines: true };
}

/** Reads RabbitMQ's own prefix at the start of a line: the formats of 3.6 to 4.x. Undefined if there is none. */
export function rabbitmqPrefix(line: string, now: number): Prefixed | undefined {
  const usual = usualPrefix(line, now);
  if (usual) return usual;
  const [crashed, when = '', crashLevel = ''] = CRASHED.exec(line) ?? [];
  if (crashed !== undefined) {
    const [level, text] = [levelOf(crashLevel) ?? null, line.slice(crashed.length)];
    return { prefix: null, at: parseTime(when, now), level, pid: null, text, hasBareLines: true };
  }
  const [prefix, time = '', word = '', pid] = UNUSUAL.exec(line) ?? [];
  if (prefix === undefined) return undefined;
  const [level, at] = [levelOf(word), parseTime(time, now)];
  if (level === undefined || (at === null && pid === undefined)) return undefined;
  return { prefix, at, level, pid: pid ?? null, text: line.slice(prefix.length), hasBareLines: false };
}

/** A prefix of RabbitMQ that is not at the start of its line, because another program wrote something before it. */
const INSIDE =
  /(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)? \[[A-Za-z]{3,9}\] |=[A-Z]{4,10} REPORT==== ?\d{1,2}-[A-Z])/;

/** Where RabbitMQ's own prefix begins in the first 300 characters of a line; -1 if nowhere. */
export const placeOfPrefix = (line: string): number => line.slice(0, 300).search(INSIDE);

/** Splits pasted text, whose line ends may be lost, before each further prefix of RabbitMQ in a line. */
export const splitAtPrefixes = (text: string): string => text.split('\n').map(splitLine).join('\n');

function splitLine(line: string): string {
  const first = line.search(INSIDE);
  if (first < 0) return line;
  // What another program wrote before the first prefix, it wrote before each.
  const head = line.slice(0, first);
  const around = head
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\d+/g, '\\d+');
  const further = new RegExp(`\\s+(?:${around}\\s*)?(?=${INSIDE.source})`, 'g');
  return head + line.slice(first).replace(further, () => `\n${head}`);
}
