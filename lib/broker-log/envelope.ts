import { type JsonLine, jsonLine } from './json-line.js';
import { levelOfPriority } from './log-level.js';
import { parseTime } from './log-time.js';

/** A line without what other programs have put around it. Its text has line ends if they had escaped them. */
export type Unwrapped = JsonLine;

/** The most prefixes around each other, such as Compose, Docker's time and syslog. */
const MOST_LAYERS = 5;

const ISO = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?';
const TAG = '([A-Za-z/_][\\w/.@-]{0,63})(?:\\[\\d+\\])?: ?';
/** Not the beginning of an entry of RabbitMQ with two words and a colon. */
const HOST = '(?!FORMATTER CRASH)([\\w.:-]{1,255})';

type Layer = {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => {
    readonly stream?: string;
    readonly time?: string;
    readonly priority?: number;
    readonly isPartial?: boolean;
  };
};

const priorityOf = (digits: string | undefined) => (digits === undefined ? {} : { priority: Number(digits) });

/** What other programs put before a line. */
const LAYERS: readonly Layer[] = [
  {
    // docker compose logs
    pattern: /^([\w.-]{1,128}?) *\| ?/,
    read: ([, stream = '']) => ({ stream }),
  },
  {
    // kubectl logs --prefix
    pattern: /^\[pod\/([^\]]{1,300})\] ?/,
    read: ([, stream = '']) => ({ stream }),
  },
  {
    // containerd and CRI-O: kubernetes/docs, "Logging Architecture"
    pattern: new RegExp(`^(${ISO}) (stdout|stderr) ([FP])(?::\\w+)? ?`),
    read: ([, time = '', , tag]) => ({ time, isPartial: tag === 'P' }),
  },
  {
    // RFC 5424
    pattern: new RegExp(
      `^<(\\d{1,3})>1 (-|${ISO}) ${HOST} (\\S{1,48}) (\\S{1,128}) (\\S{1,32}) (?:-|(?:\\[(?:[^\\]\\\\]|\\\\.){0,2000}\\])+) ?(?:\\uFEFF)?`,
    ),
    read: ([, priority, time = '', host = '', app = '']) => ({
      stream: `${host} ${app}`,
      time,
      ...priorityOf(priority),
    }),
  },
  {
    // RFC 3164; journalctl and its -o short-precise, short-unix
    pattern: new RegExp(
      `^(?:<(\\d{1,3})>)?([A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?|\\d{10}\\.\\d{6}) ${HOST} ${TAG}`,
    ),
    read: ([, priority, time = '', host = '', tag = '']) => ({
      stream: `${host} ${tag}`,
      time,
      ...priorityOf(priority),
    }),
  },
  {
    // rsyslog's own format; journalctl -o short-iso
    pattern: new RegExp(`^(?:<(\\d{1,3})>)?(${ISO}) ${HOST} ${TAG}`),
    read: ([, priority, time = '', host = '', tag = '']) => ({
      stream: `${host} ${tag}`,
      time,
      ...priorityOf(priority),
    }),
  },
  {
    // journalctl -o short-full
    pattern: new RegExp(
      `^[A-Z][a-z]{2} (\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?) [A-Z]{2,5} ${HOST} ${TAG}`,
    ),
    read: ([, time = '', host = '', tag = '']) => ({ stream: `${host} ${tag}`, time }),
  },
  {
    // docker logs --timestamps, kubectl logs --timestamps, logcli. With a level after it, the time is RabbitMQ's own.
    pattern: new RegExp(`^(${ISO}) (?!\\[[A-Za-z]{3,9}\\])(\\{\\w{1,100}="[^}]{0,1000}\\} ?)?`),
    read: ([, time = '', labels = '']) => ({ stream: labels, time }),
  },
  {
    // stern: namespace, pod and container
    pattern:
      /^((?:[\w.-]{1,253} ){1,3})(?=\d{4}-\d\d-\d\d[ T]\d\d:\d\d|\d{10,16}(?:\.\d{6})? \[|=[A-Z]{4,10} REPORT====|\{")/,
    read: ([, stream = '']) => ({ stream: stream.trim() }),
  },
];

const NOTHING: Unwrapped = {
  stream: '',
  at: null,
  level: null,
  pid: null,
  text: '',
  isPartial: false,
  isEntry: false,
};

/** Escape sequences of a terminal, with which RabbitMQ and Compose color a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is removed
const COLOR = /\u001b\[[\d;]{0,20}[A-Za-z]/g;
/** Line ends as rsyslog escapes them. */
const ESCAPED_END = /#015(?:#012)?|#012/g;

/**
 * Removes what Docker, Compose, Kubernetes, syslog or a journal has put around a line, in any combination.
 *
 * @param now ms since 1970, for times without a year
 */
export function unwrap(line: string, now: number): Unwrapped {
  let found: Unwrapped = { ...NOTHING, text: withoutColor(line) };
  for (let layers = 0; layers < MOST_LAYERS && !found.isEntry; layers++) {
    const outer = jsonLine(found.text, now) ?? stripped(found.text, now);
    if (!outer) break;
    if (outer.isEntry && layers === 0) return outer;
    found = {
      stream: [found.stream, outer.stream].filter((name) => name !== '').join(' '),
      at: outer.at ?? found.at,
      level: outer.level ?? found.level,
      pid: outer.pid,
      text: withoutColor(outer.text),
      isPartial: found.isPartial || outer.isPartial,
      isEntry: outer.isEntry,
    };
  }
  return found;
}

/** Removes one prefix. Undefined if there is none. */
function stripped(text: string, now: number): Unwrapped | undefined {
  for (const { pattern, read } of LAYERS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const { time, priority, ...others } = read(match);
    const rest = text.slice(match[0].length);
    return {
      ...NOTHING,
      ...others,
      at: time === undefined ? null : parseTime(time, now),
      level: priority === undefined ? null : levelOfPriority(priority),
      text: rest.includes('#01') ? rest.replace(ESCAPED_END, '\n') : rest,
    };
  }
  return undefined;
}

const withoutColor = (text: string): string => (text.includes('\u001b') ? text.replace(COLOR, '') : text);
