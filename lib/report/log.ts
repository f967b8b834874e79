import winston from 'winston';
import { type Dialect, dialectOf } from '../amqp/dialect.js';
import { isLoggedAsException, type Reason, type Severity } from '../amqp/reason.js';
import { isColored } from '../output/color.js';
import type { OutputState } from '../output/line-output.js';
import { isoTime } from '../text/iso-time.js';
import { oneLine } from '../text/one-line.js';
import { hasNoClosingEntry } from './broker-entries.js';
import type { Accepting, ConnectionError, DialectLearned, Introduced, ReportExtras, StageReached } from './events.js';
import { type Entries, type EntryStream, LogTransport } from './log-transport.js';
import { prettyLine, prettyReport } from './pretty.js';
import { acceptingText, closingText, errorText, grantedText, namedText, printEntry } from './rabbitmq-entry.js';
import type { Report } from './report.js';
import { reportLine } from './report-line.js';
import { tlsFailureText } from './tls-failure-entry.js';

export type LogOptions = {
  readonly format: 'pretty' | 'rabbitmq' | 'json';
  readonly level: 'debug' | 'info' | 'warning' | 'error' | 'none';
  /** Where the log is written, in color if it is a terminal. */
  readonly stream: EntryStream & { readonly isTTY?: boolean; readonly state?: OutputState };
  /** ms since 1970 */
  readonly now: () => number;
  /** The version whose format the program's own entries have until one is learned. @defaultValue 3.6 */
  readonly dialect?: string | undefined;
};

const SEVERITIES = ['debug', 'info', 'warning', 'error'] as const;

/** The program's log: writes the events of the proxies and the program's own messages in the chosen format. */
export class Log {
  private readonly logger: winston.Logger;
  private readonly stream: LogOptions['stream'];
  private readonly format: LogOptions['format'];
  private readonly now: () => number;
  private readonly color: boolean;
  /** The severities that are logged. The logger itself takes longer to say. */
  private readonly enabled: ReadonlySet<Severity | 'debug'>;
  /** The format of entries that belong to no connection. */
  private dialect: Dialect;
  /** The dialect of the last connection, cached because the next one nearly always has the same. */
  private connections: Dialect;
  /** Entries of this turn of the event loop that are not written yet, all of one severity. */
  private batch: Entries | undefined;

  constructor({ format, level, stream, now, dialect = '3.6' }: LogOptions) {
    this.dialect = dialectOf(dialect);
    this.connections = this.dialect;
    this.stream = stream;
    this.format = format;
    this.now = now;
    this.color = isColored(stream);
    this.logger = winston.createLogger({
      levels: winston.config.syslog.levels,
      level: level === 'none' ? 'error' : level,
      silent: level === 'none',
      // The entries are complete.
      format: winston.format((info) => info)(),
      transports: [new LogTransport(stream)],
    });
    this.enabled = new Set(level === 'none' ? [] : SEVERITIES.filter((each) => this.logger.isLevelEnabled(each)));
  }

  /** Logs a message of the program itself. In the JSON format, `facts` are added to the entry. */
  say(severity: Severity | 'debug', message: string, facts: Readonly<Record<string, unknown>> = {}): void {
    if (!this.isEnabled(severity)) return;
    const time = this.now();
    switch (this.format) {
      case 'json':
        this.write(severity, JSON.stringify({ time: isoTime(time), level: severity, message, ...facts }));
        return;
      case 'pretty':
        this.write(severity, prettyLine(time, severity, message, this.color));
        return;
      case 'rabbitmq':
        this.write(
          severity,
          printEntry({ level: severity, pid: '<0.0.0>', text: oneLine(message), time }, this.dialect),
        );
        return;
      default:
        this.format satisfies never;
    }
  }

  /** Whether nothing is logged. */
  get isSilent(): boolean {
    return this.enabled.size === 0;
  }

  /** Whether connections have entries while they are open: only in the RabbitMQ format. */
  get followsConnections(): boolean {
    return this.format === 'rabbitmq';
  }

  /** Called when a connection begins. Only the RabbitMQ format has an entry for it. */
  accepting({ id, time, client, listen, dialect, form = dialect, byEnd }: Accepting): void {
    if (this.format !== 'rabbitmq' || !this.isEnabled('info')) return;
    const pid = pidOf(id);
    const text = acceptingText({ client, listen }, pid, dialect);
    this.write('info', printEntry({ level: byEnd ? 'debug' : 'info', pid, text, time }, form));
  }

  /** Called when a client has named its connection. Only the RabbitMQ format has an entry for it. */
  introduced({ id, time, dialect, form = dialect, ...named }: Introduced): void {
    if (this.format !== 'rabbitmq' || !this.isEnabled('info')) return;
    const pid = pidOf(id);
    const text = namedText(named, pid, dialect);
    if (text !== null) this.write('info', printEntry({ level: 'info', pid, text, time }, form));
  }

  /** Called when a connection reaches a stage. Only the RabbitMQ format has an entry, for `running`. */
  stage({ id, time, stage, dialect, form = dialect, ...named }: StageReached): void {
    if (this.format !== 'rabbitmq' || stage !== 'running' || !this.isEnabled('info')) return;
    const pid = pidOf(id);
    const text = grantedText(named, pid, dialect);
    if (text !== null) this.write('info', printEntry({ level: 'info', pid, text, time }, form));
  }

  /** Called when the broker detects an error. A broker logs it at once; the other formats have it in the report. */
  connectionError({ id, time, dialect, form = dialect, ...named }: ConnectionError): void {
    if (this.format !== 'rabbitmq' || !this.isEnabled('error')) return;
    const pid = pidOf(id);
    this.write('error', printEntry({ level: 'error', pid, text: errorText(named, pid, dialect), time }, form));
  }

  /**
   * Called when a connection has ended.
   *
   * @param reason the source of the reason in the report
   */
  report(report: Report, reason: Reason, { form }: Pick<ReportExtras, 'form'> = {}): void {
    const { severity } = report.reason;
    if (!this.isEnabled(severity)) return;
    const time = Date.parse(report.at) + report.durationMs;
    switch (this.format) {
      case 'json':
        this.write(
          severity,
          `{"time":"${isoTime(time)}","level":"${severity}","message":"connection ended",${reportLine(report).slice(1)}`,
        );
        return;
      case 'pretty':
        this.write(severity, prettyLine(time, severity, prettyReport(report), this.color));
        return;
      case 'rabbitmq': {
        if (report.dialect !== this.connections.name) this.connections = dialectOf(report.dialect);
        const dialect = this.connections;
        if (hasNoClosingEntry(report, reason, dialect)) return;
        const pid = pidOf(report.id);
        const text =
          'tls' in reason ? tlsFailureText(report, reason.tls, dialect) : closingText(report, reason, pid, dialect);
        if (text === null) return;
        // The error has its own entry; the closing entry is then that of a clean end.
        const level = isLoggedAsException(reason) ? 'info' : report.reason.loggedAs;
        this.write(severity, printEntry({ level, pid, text, time }, form ?? dialect));
        return;
      }
      default:
        this.format satisfies never;
    }
  }

  /** Called when a proxy has learned its broker: the program's own entries take the format of that version. */
  learned({ proxy, learned: { product, version, dialect } }: DialectLearned): void {
    if (product === null || dialect === null) return;
    this.dialect = dialectOf(dialect);
    const broker = version === null ? product : `${product} ${version}`;
    const used = dialect === version ? 'this dialect' : `the dialect of RabbitMQ ${dialect}`;
    this.say('info', `${proxy}: the upstream is ${broker}; using ${used} from now on`, {
      proxy,
      product,
      version,
      dialect,
    });
  }

  /** Whether entries can be written, and how many were lost. */
  get state(): OutputState {
    return this.stream.state ?? { failing: null, lost: 0 };
  }

  /** Resolves when all entries are written, or cannot be. */
  async close(): Promise<void> {
    this.flush();
    await new Promise<void>((resolve) => {
      this.logger.once('finish', () => resolve());
      this.logger.end();
    });
    await new Promise<void>((resolve) => this.stream.end(() => resolve()));
  }

  /** Entries that are written together are one message of the logger, which costs more than an entry. */
  private write(level: Severity | 'debug', entry: string): void {
    if (this.batch?.level === level) {
      this.batch.entries.push(entry);
      return;
    }
    this.flush();
    this.batch = { level, message: '', entries: [entry] };
    queueMicrotask(() => this.flush());
  }

  private flush(): void {
    if (this.batch !== undefined) this.logger.log(this.batch);
    this.batch = undefined;
  }

  private isEnabled(severity: Severity | 'debug'): boolean {
    return this.enabled.has(severity);
  }
}

/**
 * Returns the pid that the entries of one connection share, as in a broker's log. It derives from the number in the id.
 */
function pidOf(id: string): string {
  const number = Number.parseInt(id.slice(id.lastIndexOf('-') + 1), 10);
  // Erlang's process ids count to 32768, then the serial is incremented.
  return `<0.${number % 32_768}.${Math.trunc(number / 32_768)}>`;
}
