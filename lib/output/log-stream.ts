import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import type { Clock } from '../clock.js';
import { DescriptorSink } from './descriptor-sink.js';
import { FileSink } from './file-sink.js';
import { LineOutput, type OutputState } from './line-output.js';
import type { Sink } from './sink.js';
import { StreamSink } from './stream-sink.js';

/** How long log entries are collected before they are written together, in ms. */
const GATHER = 1;

const STANDARD_ERROR = 2;

/**
 * Standard error as a stream for the log. It never fails, blocks, or grows without a bound, whether it is a file on a
 * full disk, a stopped terminal, or a pipe that nobody reads.
 */
export class LogStream extends Writable {
  readonly isTTY = isatty(STANDARD_ERROR);
  private readonly output: LineOutput;

  /** @param recovered called when entries were lost and the log works again */
  constructor(clock: Clock, recovered: (lost: number) => void) {
    super({ decodeStrings: false });
    const listener = { failed: () => {}, dropping: () => {}, recovered: (lost: number) => lost > 0 && recovered(lost) };
    this.output = new LineOutput(standardError(this.isTTY), { clock, gather: GATHER, listener });
  }

  get state(): OutputState {
    return this.output.state;
  }

  /** Writes an entry at once, without the queue of a stream. @param entry without a final line end */
  add(entry: string): void {
    this.output.add(entry);
  }

  override _write(entry: string, _encoding: string, done: () => void): void {
    this.output.add(entry.endsWith('\n') ? entry.slice(0, -1) : entry);
    done();
  }

  override _final(done: () => void): void {
    void this.output.close().then(done);
  }
}

function standardError(isTTY: boolean): Sink {
  // Opened again, so that writes to a stopped terminal return instead of waiting.
  if (isTTY) return new FileSink('/dev/stderr');
  return isFile() ? new DescriptorSink(STANDARD_ERROR) : new StreamSink(process.stderr);
}

function isFile(): boolean {
  try {
    return fstatSync(STANDARD_ERROR).isFile();
  } catch {
    // It is closed.
    return false;
  }
}
