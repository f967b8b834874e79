import type { LogEntry } from '../../lib/explain/log-entry.js';

/** An entry with a time. */
export type Timed = LogEntry & { readonly at: number; readonly level: NonNullable<LogEntry['level']> };

/** How a version of RabbitMQ writes an entry: its lines. */
export type Format = (entry: Timed) => readonly string[];

const PID = '<0.748.0>';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LEVELS_OF_3_6 = {
  error: 'ERROR',
  critical: 'ERROR',
  warning: 'WARNING',
  notice: 'INFO',
  info: 'INFO',
  debug: 'INFO',
};

const UC4 = { debug: 'DBUG', info: 'INFO', notice: 'NOTI', warning: 'WARN', error: 'ERRO', critical: 'CRIT' };

const isoOf = (at: number) => new Date(at).toISOString();
const dayOf = (at: number) => isoOf(at).slice(0, 10);
const timeOf = (at: number) => isoOf(at).slice(11, 23);
const monthOf = (at: number) => MONTHS[new Date(at).getUTCMonth()];

/** The prefix on each line. */
const repeated =
  (prefix: (entry: Timed) => string): Format =>
  (entry) =>
    entry.text.split('\n').map((line) => `${prefix(entry)}${line}`.trimEnd());

const json =
  (time: (at: number) => string | number): Format =>
  ({ at, level, text }) => [
    JSON.stringify({
      time: time(at),
      level,
      msg: text,
      line: 470,
      pid: PID,
      file: 'rabbit_reader.erl',
      domain: 'rabbitmq.connection',
      mfa: ['rabbit_reader', 'log_connection_exception', 3],
    }),
  ];

/** RabbitMQ's own formats by name: of its versions, and those that `log.file.formatter` can choose. */
export const FORMATS: Readonly<Record<string, Format>> = {
  '3.6': ({ at, level, text }) => {
    const [year, , day] = dayOf(at).split('-');
    const heading = `=${LEVELS_OF_3_6[level]} REPORT==== ${Number(day)}-${monthOf(at)}-${year}::${timeOf(at).slice(0, 8)} ===`;
    return ['', heading, ...text.split('\n')];
  },
  '3.8': ({ at, level, text }) => `${dayOf(at)} ${timeOf(at)} [${level}] ${PID} ${text}`.split('\n'),
  '3.9': repeated(({ at, level }) => `${dayOf(at)} ${timeOf(at)}456+00:00 [${level}] ${PID} `),
  'time zone': repeated(
    ({ at, level }) => `${dayOf(at + 7_200_000)} ${timeOf(at + 7_200_000)}456+02:00 [${level}] ${PID} `,
  ),
  rfc3339_T: repeated(({ at, level }) => `${dayOf(at)}T${timeOf(at)}456+00:00 [${level}] ${PID} `),
  epoch_usecs: repeated(({ at, level }) => `${at}000 [${level}] ${PID} `),
  epoch_secs: repeated(({ at, level }) => `${(at / 1000).toFixed(6)} [${level}] ${PID} `),
  lager_default: repeated(({ at, level }) => `${dayOf(at)} ${timeOf(at)} [${level}] ${PID} `),
  uc4: repeated(({ at, level }) => `${dayOf(at)} ${timeOf(at)}456+00:00 [${UC4[level]}] ${PID} `),
  colors: (entry) => (FORMATS['3.9'] as Format)(entry).map((line) => `\u001b[38;5;160m${line}\u001b[0m`),
  json: json((at) => `${dayOf(at)} ${timeOf(at)}456+00:00`),
  'json, epoch_usecs': json((at) => at * 1000),
};

/** What other programs put around a line. */
export type Wrap = (line: string, at: number) => string;

const rfc3164 = (at: number) => {
  const day = `${Number(dayOf(at).slice(8))}`.padStart(2);
  return `${monthOf(at)} ${day} ${timeOf(at).slice(0, 8)}`;
};

/** They end up outside. */
export const OUTER_WRAPS: Readonly<Record<string, Wrap>> = {
  none: (line) => line,
  compose: (line) => `rabbit-1  | ${line}`,
  'kubectl --prefix': (line) => `[pod/rabbitmq-0/rabbitmq] ${line}`,
};

/** They end up inside. */
export const INNER_WRAPS: Readonly<Record<string, Wrap>> = {
  none: (line) => line,
  'docker --timestamps': (line, at) => `${isoOf(at).slice(0, -1)}456789Z ${line}`,
  'docker json-file': (line, at) =>
    JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: `${isoOf(at).slice(0, -1)}456789Z` }),
  cri: (line, at) => `${isoOf(at).slice(0, -1)}456789+00:00 stdout F ${line}`,
  'rfc 3164': (line, at) => `<131>${rfc3164(at)} broker-1 rabbitmq-server[123]: ${line}`,
  'syslog file': (line, at) => `${rfc3164(at)} broker-1 rabbitmq-server[123]: ${line}`,
  'rsyslog iso': (line, at) => `${isoOf(at)} broker-1 rabbitmq-server[123]: ${line}`,
  'rfc 5424': (line, at) => `<131>1 ${isoOf(at)} broker-1 rabbitmq-server 123 - [origin x="a \\] b"] ${line}`,
  'journal short-full': (line, at) =>
    `Sat ${dayOf(at)} ${timeOf(at).slice(0, 8)} UTC broker-1 rabbitmq-server[123]: ${line}`,
  'journal json': (line, at) =>
    JSON.stringify({ MESSAGE: line, PRIORITY: '6', _HOSTNAME: 'broker-1', __REALTIME_TIMESTAMP: `${at}000` }),
};
