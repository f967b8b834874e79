import { systemClock } from '../clock.js';
import { LogStream } from '../output/log-stream.js';
import { Log, type LogOptions } from '../report/log.js';

/** Opens the log on standard error. It never ends the program or delays a connection; entries that were lost are counted. */
export function openLog(options: Omit<LogOptions, 'stream' | 'now'>): Log {
  const stream = new LogStream(systemClock, (lost) =>
    log.say('warning', `${lost} log ${lost === 1 ? 'entry was' : 'entries were'} lost: the log could not be written`),
  );
  const log = new Log({ ...options, stream, now: systemClock.wall });
  return log;
}
