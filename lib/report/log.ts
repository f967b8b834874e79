import type { Writable } from 'node:stream';
import winston from 'winston';
import { type Dialect, dialectOf } from '../amqp/dialect.js';
import { isLoggedAsException, type Reason, type Severity } from '../amqp/reason.js';
import type { Accepting, ConnectionError, DialectLearned, Introduced, StageReached } from './events.js';
import { prettyLine, prettyReport } from './pretty.js';
import { acceptingText, closingText, errorText, grantedText, namedText, printEntry } from './rabbitmq-entry.js';
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
        this.logger.log(severity, printEntry({ level: severity, pid: '<0.0.0>', text: message, time }, this.dialect));
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

  /** A client has named its connection: only brokers write a line for that. */
  introduced({ id, time, dialect, ...named }: Introduced): void {
    if (this.format !== 'rabbitmq' || !this.says('info')) return;
    const pid = pidOf(id);
    const text = namedText(named, pid, dialect);
    if (text !== null) this.logger.log('info', printEntry({ level: 'info', pid, text, time }, dialect));
  }

  /** A connection is open: only brokers write a line for that. */
  stage({ id, time, stage, dialect, ...named }: StageReached): void {
    if (this.format !== 'rabbitmq' || stage !== 'running' || !this.says('info')) return;
    const pid = pidOf(id);
    const text = grantedText(named, pid, dialect);
    if (text !== null) this.logger.log('info', printEntry({ level: 'info', pid, text, time }, dialect));
  }

  /** What is wrong with a connection a broker says at once; the other forms have it in the report. */
  connectionError({ id, time, dialect, ...named }: ConnectionError): void {
    if (this.format !== 'rabbitmq' || !this.says('error')) return;
    const pid = pidOf(id);
    this.logger.log('error', printEntry({ level: 'error', pid, text: errorText(named, pid, dialect), time }, dialect));
  }

  /** @param reason what the one in the report was made of */
  report(report: Report, reason: Reason): void {
    const { severity } = report.reason;
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
        if (isUnsaid(report)) return;
        if (report.dialect !== this.connections.name) this.connections = dialectOf(report.dialect);
        const dialect = this.connections;
        const pid = pidOf(report.id);
        const text = closingText(report, reason, pid, dialect);
        // The error has an entry of its own; after that the end is a clean one.
        const level = isLoggedAsException(reason) ? 'info' : report.reason.loggedAs;
        this.logger.log(severity, printEntry({ level, pid, text, time }, dialect));
        return;
      }
      default:
        this.format satisfies never;
    }
  }

  learned({ proxy, learned: { product, version, dialect } }: DialectLearned): void {
    if (product === null || dialect === null) return;
    this.dialect = dialectOf(dialect);
    const broker = version === null ? product : `${product} ${version}`;
    const taken = dialect === version ? 'this is the dialect' : `its dialect is taken for that of RabbitMQ ${dialect}`;
    this.say('info', `${proxy}: the upstream is ${broker}; from now on ${taken}`, { proxy, product, version, dialect });
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

/**
 * Whether a broker has no closing entry for it: it never noticed a client whose reset was there before accept, or its TLS
 * did, and not its reader; its reader died (and left a crash report); or it was stopped, and had no time.
 */
function isUnsaid({ client, tls, reason, connectionClose, timing }: Report): boolean {
  const isBeforeTls = tls?.terminated && tls.version === null;
  const isStopped = connectionClose?.code === 320 && connectionClose.text.endsWith("with reason 'shutdown'");
  return client === null || isBeforeTls || reason.name === 'reader_crashed' || (isStopped && timing.openMs !== null);
}

/** Entries of one connection share a pid, as those of a broker's reader do. It is made from the number in the id. */
function pidOf(id: string): string {
  const number = Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 10);
  // Erlang's process ids count to 32768, then the serial goes up.
  return `<0.${number % 32_768}.${Math.trunc(number / 32_768)}>`;
}
