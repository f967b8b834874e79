import type { LogEntry } from '../explain/log-entry.js';

export type LogLevel = NonNullable<LogEntry['level']>;

/** The long, four-letter and three-letter words of `log.*.formatter.level_format`, and those of syslog. */
const WORDS: Readonly<Record<LogLevel, string>> = {
  debug: 'debug dbug dbg',
  info: 'info inf informational',
  notice: 'notice noti ntc',
  warning: 'warning warn wrn',
  error: 'error erro err',
  critical: 'critical crit crt alert alrt alt emergency emgc emg emerg panic fatal',
};

const LEVELS = new Map(
  Object.entries(WORDS).flatMap(([level, words]) => words.split(' ').map((word) => [word, level as LogLevel])),
);

/** RabbitMQ's level for a word in a log, in any case; undefined if the word is not a level. */
export const levelOf = (word: string): LogLevel | undefined => LEVELS.get(word) ?? LEVELS.get(word.toLowerCase());

/** The levels of syslog by number: RFC 5424, table 2. */
const SEVERITIES = ['critical', 'critical', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;

/** RabbitMQ's level for the number at the start of a syslog message, or for the `PRIORITY` of a journal. */
export const levelOfPriority = (priority: number): LogLevel => SEVERITIES[(priority & 7) as 0];
