import type { LogEntry } from '../support/golden.js';

/** The prefix of a line from 3.7 on: time, level, process. From 3.9 on every line of an entry has it. */
const PREFIXED = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+([+-]\d\d:\d\d)? \[(\w+)\] \S+)(?: (.*))?$/;
/** The heading of an entry up to 3.6. */
const HEADING = /^=(\w+) REPORT==== .* ===$/;
/** A line with its own format: an entry that 4.0 failed to format. */
const CRASHED = /^\S+T\S+ (\w+): (FORMATTER CRASH: .*)$/;
const PID = /<[\d.]+>$/;
/** Starts a new entry even if the previous one has the same prefix: two in one microsecond. */
const BEGINNING = /^(accepting|closing|Error on|[cC]onnection) /;

/** Parses the log of a broker of any version into entries, with the lines of each one joined. */
export const parseLog = (log: string): LogEntry[] => entriesIn(log).map(({ level, text }) => ({ level, text }));

/** An entry with the process that wrote it; null if it has no prefix. */
interface Written extends LogEntry {
  readonly pid: string | null;
}

function entriesIn(log: string): Written[] {
  const entries: { level: string; pid: string | null; lines: string[] }[] = [];
  let last = '';
  for (const line of log.split('\n')) {
    const current = entries.at(-1);
    const heading = HEADING.exec(line)?.[1];
    const [, prefix, zone, level, text = ''] = PREFIXED.exec(line) ?? [];
    const [, crashLevel, crash] = CRASHED.exec(line) ?? [];
    if (crashLevel !== undefined && crash !== undefined) {
      last = '';
      entries.push({ level: crashLevel, pid: null, lines: [crash] });
    } else if (heading !== undefined) {
      last = line;
      entries.push({ level: heading.toLowerCase(), pid: null, lines: [] });
    } else if (prefix === undefined || level === undefined) current?.lines.push(line);
    else if (zone !== undefined && prefix === last && !BEGINNING.test(text)) current?.lines.push(text);
    else {
      last = prefix;
      entries.push({ level, pid: PID.exec(prefix)?.[0] ?? null, lines: [text] });
    }
  }
  return entries.map(({ level, pid, lines }) => ({ level, pid, text: lines.join('\n').trim() }));
}

/** Entries that the reader writes about a connection; other parts of a broker at level debug mention it, too. */
export const OF_READER =
  /^(accepting|closing|Error on) AMQP |^[cC]onnection .* (granted access|has a client-provided name)|^FORMATTER CRASH/;
const NAME = /[^\s(]+:(\d+) -> [^\s,)]+:\d+/;

/** Entries about a failed TLS handshake, from 4.1.1 on. Those of Erlang before name no client. */
const OF_TLS =
  /[^\s]+:(\d+) is connecting to the '\S+' listener without using TLS$|error during handshake for protocol '\S+' and peer \S+:(\d+)$/;
/** A place in Erlang's source: it changes with each patch release. */
const PLACE = / at \w+\.erl:\d+/g;

/** Groups the entries that a broker's reader, or a proxy, wrote about connections by the client's port. */
export function byPort(entries: readonly LogEntry[]): ReadonlyMap<number, readonly LogEntry[]> {
  const connections = new Map<number, LogEntry[]>();
  for (const entry of entries) {
    const [, plain, failed] = OF_TLS.exec(entry.text) ?? [];
    const digits = OF_READER.test(entry.text) ? NAME.exec(entry.text)?.[1] : (plain ?? failed);
    if (digits === undefined) continue;
    const port = Number(digits);
    const others = connections.get(port);
    if (others) others.push(entry);
    else connections.set(port, [entry]);
  }
  return connections;
}

/** What the process of a connection wrote in addition to the entries of `byPort`, by the client's port: crash reports, for example. */
export function othersByPort(log: string): ReadonlyMap<number, readonly LogEntry[]> {
  const entries = entriesIn(log);
  const ports = new Map<string, number>();
  const others = new Map<number, LogEntry[]>();
  for (const { pid, text } of entries) {
    const port = OF_READER.test(text) ? NAME.exec(text)?.[1] : undefined;
    if (pid !== null && port !== undefined) ports.set(pid, Number(port));
  }
  for (const { pid, level, text } of entries) {
    const port = pid === null || OF_READER.test(text) ? undefined : ports.get(pid);
    if (port === undefined) continue;
    others.set(port, [...(others.get(port) ?? []), { level, text }]);
  }
  return others;
}

/** An error of AMQP 1.0 that holds a stack trace of the broker, with all that follows it. */
const TRACE =
  /(\{'v1_0\.error',\s*\{symbol,\s*<<"amqp:internal-error">>\},\s*)\{utf8,\s*<<("Reader error:.*|\.\.\.>>.*)$/s;

/** The text without a stack trace, which the proxy does not imitate, and without the whitespace around it. */
export const withoutTrace = (text: string): string =>
  TRACE.test(text) ? text.replace(TRACE, '$1{utf8,<<...>>}').replace(/\s+/g, '') : text;

/** An entry without the parts that differ between connections: process, addresses, duration. */
export function anonymous({ level, text }: LogEntry): string {
  const nameless = text
    .replace(NAME, 'CLIENT -> SERVER')
    .replace(OF_TLS, (match, plain, failed) => match.replace(new RegExp(`\\S+:${plain ?? failed}`), 'CLIENT'))
    .replace(PLACE, '')
    .replace(/<\d+\.\d+\.\d+>/g, '<pid>')
    .replace(/duration: '[^']*'/, "duration: 'D'");
  return `[${level}] ${withoutTrace(nameless)}`;
}

/** Why a connection ended, and the level at which that was logged. */
export interface Closing {
  /** The text after the first line of the closing entry, or after its name, with whitespace folded; null if there is none. */
  readonly term: string | null;
  readonly level: string;
}

/** The reason in the closing entry, or in the error entry before a clean one. Undefined when there is none. */
export function closingOf(entries: readonly LogEntry[]): Closing | undefined {
  const closing = entries.find(({ text }) => text.startsWith('closing AMQP '));
  if (!closing) return undefined;
  const term = /\):[ \n](.*)$/s.exec(closing.text)?.[1];
  if (term !== undefined) return { term: term.replace(/\s+/g, ' '), level: closing.level };
  const error = entries.find(({ text }) => text.startsWith('Error on AMQP '));
  const told = error && /:\n\s*(.*)$/s.exec(error.text)?.[1];
  if (error === undefined || told === undefined) return { term: null, level: closing.level };
  return { term: told.replace(/\s+/g, ' '), level: error.level };
}
