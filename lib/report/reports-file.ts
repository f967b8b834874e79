import type { Writable } from 'node:stream';
import type { Report } from './report.js';
import { reportLine } from './report-line.js';

/**
 * How long reports are batched before they are written, in ms. The promise is 100 ms from the end of the connection.
 */
const GATHER = 20;

/** Maximum octets buffered for a slow disk or reader. Further reports are dropped and counted. */
const WAITING_MAX = 64 * 1024 * 1024;

/** Appends each report to a stream as a line of JSON. */
export class ReportsFile {
  private readonly sink: Writable;
  private readonly failed: (problem: string) => void;
  private lines: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dropped = 0;
  private broken = false;

  /** @param failed called once when the sink fails, and once for each run of dropped reports */
  constructor(sink: Writable, failed: (problem: string) => void) {
    this.sink = sink;
    this.failed = failed;
    sink.on('error', (error) => {
      if (this.broken) return;
      this.broken = true;
      failed(`cannot write reports any more: ${error.message}`);
    });
  }

  add(report: Report): void {
    if (this.broken) return;
    if (this.sink.writableLength > WAITING_MAX) {
      this.dropped += 1;
      return;
    }
    this.lines.push(reportLine(report));
    this.timer ??= setTimeout(() => this.flush(), GATHER);
  }

  /** Writes what is buffered and resolves when it is written. Standard output stays open. */
  async close(): Promise<void> {
    this.flush();
    if (this.broken) return;
    await new Promise<void>((resolve) => {
      this.sink.once('error', () => resolve());
      if (this.sink === process.stdout) this.sink.write('', () => resolve());
      else this.sink.end(() => resolve());
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.dropped > 0) {
      this.failed(`${this.dropped} reports were dropped because the disk or the reader is too slow`);
      this.dropped = 0;
    }
    if (this.lines.length === 0 || this.broken) return;
    this.sink.write(`${this.lines.join('\n')}\n`);
    this.lines = [];
  }
}
