import type { Writable } from 'node:stream';
import winston from 'winston';
import { type Dialect, dialectOf } from '../amqp/dialect.js';
import type { Severity } from '../amqp/reason.js';
import type { Accepting, DialectLearned } from '../proxy/events.js';
import { prettyLine, prettyReport } from './pretty.js';
import { acceptingText, closingText, printEntry } from './rabbitmq-entry.js';
import type { Report } from './report.js';

export type LogOptions = {
  readonly format: 'pretty' | 'rabbitmq' | 'json';
  readonly level: 'debug' | 'info' | 'warning' | 'error' | 'none';
  /** Where to. Colours are used if it is a terminal. */
  readonly stream: Writable & { readonly isTTY?: boolean };
  /** ms since 1970 */
  readonly now: () => number;
  /** The version whose form the program's own entries have until one is learned. @defaultValue 3.6 */
  readonly dialect?: string | undefined;
};

/** The program's log: one listener of the proxies, and the place for what the program itself has to say. */
export class Log {
  private readonly logger: winston.Logger;
  private readonly format: LogOptions['format'];
  private readonly now: () => number;
  private readonly colour: boolean;
  /** The form of entries that belong to no connection. */
  private dialect: Dialect;
  /** That of the last connection: the next one's is nearly always the same. */
  private connections: Dialect;

  constructor({ format, level, stream, now, dialect = '3.6' }: LogOptions) {
    this.dialect = dialectOf(dialect);
    this.connections = this.dialect;
    this.format = format;
    this.now = now;
    this.colour = stream.isTTY === true && !process.env['NO_COLOR'];
    this.logger = winston.createLogger({
      levels: winston.config.syslog.levels,
      level: level === 'none' ? 'error' : level,
      silent: level === 'none',
      format: format === 'json' ? winston.format.json() : winston.format.printf(({ message }) => String(message)),
      transports: [new winston.transports.Stream({ stream })],
    });
  }

  /** What the program itself says; `facts` stand beside the message in the JSON form. */
  say(severity: Severity | 'debug', message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    if (!this.says(severity)) return;
    const time = this.now();
    switch (this.format) {
      case 'json':
        this.logger.log({ time: new Date(time).toISOString(), level: severity, message, ...facts });
        return;
      case 'pretty':
        this.logger.log(severity, prettyLine(time, severity, message, this.colour));
        return;
      case 'rabbitmq':
        this.logger.log(severity, printEntry({ level: severity, pid: '<0.1.0>', text: message, time }, this.dialect));
        return;
      default:
        this.format satisfies never;
    }
  }

  /** A connection has begun: only brokers write a line for that. */
  accepting({ id, time, client, listen, dialect, byEnd }: Accepting): void {
    if (this.format !== 'rabbitmq' || !this.says('info')) return;
    const pid = pidOf(id);
    const text = acceptingText({ client, listen }, pid, dialect);
    this.logger.log('info', printEntry({ level: byEnd ? 'debug' : 'info', pid, text, time }, dialect));
  }

  report(report: Report): void {
    const { severity, loggedAs } = report.reason;
    if (!this.says(severity)) return;
    const time = Date.parse(report.at) + report.durationMs;
    switch (this.format) {
      case 'json':
        this.logger.log({
          time: new Date(time).toISOString(),
          level: severity,
          message: 'connection ended',
          ...report,
        });
        return;
      case 'pretty':
        this.logger.log(severity, prettyLine(time, severity, prettyReport(report), this.colour));
        return;
      case 'rabbitmq': {
        // A broker never noticed such a client; or its TLS did, and not its reader.
        if (report.client === null || (report.tls?.terminated && report.tls.version === null)) return;
        if (report.dialect !== this.connections.name) this.connections = dialectOf(report.dialect);
        const dialect = this.connections;
        const pid = pidOf(report.id);
        const text = closingText(report, pid, dialect);
        this.logger.log(severity, printEntry({ level: loggedAs, pid, text, time }, dialect));
        return;
      }
      default:
        this.format satisfies never;
    }
  }

  learned({ proxy, product, version }: DialectLearned): void {
    this.dialect = dialectOf(version);
    this.say('info', `${proxy}: the upstream is ${product} ${version}; from now on this is the dialect`, {
      proxy,
      product,
      version,
    });
  }

  /** Ends when all entries are written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.logger.once('finish', () => resolve());
      this.logger.end();
    });
  }

  private says(severity: Severity | 'debug'): boolean {
    return !this.logger.silent && this.logger.isLevelEnabled(severity);
  }
}

/** Entries of one connection share a pid, as those of a broker's reader do. It is made from the number in the id. */
function pidOf(id: string): string {
  const number = Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 10);
  // Erlang's process ids count to 32768, then the serial goes up.
  return `<0.${number % 32_768}.${Math.trunc(number / 32_768)}>`;
}
