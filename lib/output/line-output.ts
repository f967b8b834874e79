import type { Clock, Timer } from '../clock.js';
import { type Chunk, LineBuffer } from './line-buffer.js';
import { codeOf, type Sink } from './sink.js';

/** Maximum bytes that wait for a slow disk or reader. Further lines are dropped and counted. */
const MOST_WAITING = 16 * 1024 * 1024;
/** How long after a failure the next attempt follows, in ms: doubled each time. */
const [FIRST_RETRY, LAST_RETRY] = [100, 5_000] as const;
/** How long the last lines may take to be written when the program stops, in ms. */
export const LAST_WRITES = 2_000;

const NEWLINE = 10;

/** The condition of an output, for the health check and the metrics. */
export type OutputState = {
  /** The operating system's code, such as ENOSPC, while writing fails; null: it works. */
  readonly failing: string | null;
  /** Lines that were dropped since the start. */
  readonly lost: number;
};

/** Receives what happens to an output. */
export type OutputListener = {
  /** Writing has begun to fail; it is attempted again. */
  failed(code: string): void;
  /** Lines are dropped, because too many wait. Called once until `recovered`. */
  dropping(): void;
  /** Writing works again. `lost`: the lines that were dropped meanwhile. */
  recovered(lost: number): void;
};

/**
 * Writes whole lines to a sink, in order, and never fails: a sink that cannot be written to is attempted again, what
 * waits for it has a bound, and what exceeds the bound is dropped and counted.
 */
export class LineOutput {
  private readonly sink: Sink;
  private readonly clock: Clock;
  private readonly gather: number;
  private readonly listener: OutputListener;
  private readonly lines = new LineBuffer();
  /** What is being written, and how much of it is. */
  private batch: Chunk | null = null;
  private written = 0;
  private timer: Timer | undefined;
  private isWriting = false;
  private isReopening = false;
  private isClosed = false;
  private retry: number = FIRST_RETRY;
  private failing: string | null = null;
  private lost = 0;
  private lostNow = 0;
  private whenIdle: (() => void) | undefined;

  /** @param gather how long lines are collected before they are written together, in ms */
  constructor(
    sink: Sink,
    { clock, gather, listener }: { readonly clock: Clock; readonly gather: number; readonly listener: OutputListener },
  ) {
    this.sink = sink;
    this.clock = clock;
    this.gather = gather;
    this.listener = listener;
  }

  get state(): OutputState {
    return { failing: this.failing, lost: this.lost };
  }

  /** @param line without a line end */
  add(line: string): void {
    if (this.isClosed || this.lines.size + line.length > MOST_WAITING) {
      this.drop();
      return;
    }
    this.lines.add(line);
    if (!this.isWriting) this.timer ??= this.clock.start(() => this.begin(), this.gather);
  }

  /** Opens the file again, for example after it was moved away. */
  reopen(): void {
    this.isReopening = true;
    this.begin();
  }

  /**
   * Writes what waits, and closes the sink. Lines that cannot be written in time are lost.
   *
   * @param limit ms
   */
  async close(limit: number = LAST_WRITES): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    let end: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      end = this.clock.start(resolve, limit);
    });
    const closed = new Promise<void>((resolve) => {
      this.whenIdle = resolve;
      this.begin();
    }).then(() => this.sink.close(this.torn).catch(() => {}));
    await Promise.race([closed, late]);
    this.clock.stop(end as Timer);
    this.stopTimer();
  }

  /** Octets of an incomplete line that were written. */
  private get torn(): number {
    const { batch, written } = this;
    return batch === null || written === 0 ? 0 : written - (batch.memory.lastIndexOf(NEWLINE, written - 1) + 1);
  }

  private drop(): void {
    this.lost += 1;
    this.lostNow += 1;
    if (this.lostNow === 1) this.listener.dropping();
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  private begin(): void {
    this.stopTimer();
    if (this.isWriting) return;
    this.isWriting = true;
    void this.writeAll().finally(() => {
      this.isWriting = false;
      if (this.batch === null && this.lines.isEmpty) this.whenIdle?.();
      // When the program stops, the last attempt has failed.
      else if (this.isClosed) this.whenIdle?.();
      else this.timer ??= this.clock.start(() => this.begin(), this.retry);
    });
  }

  /** Writes until nothing waits, or until it fails. */
  private async writeAll(): Promise<void> {
    try {
      for (;;) {
        if (this.isReopening) await this.open();
        this.batch ??= this.lines.take();
        if (this.batch === null) return;
        const { memory, used } = this.batch;
        this.written += await this.sink.write(memory.subarray(this.written, used));
        if (this.written < used) continue;
        this.lines.release(this.batch);
        this.batch = null;
        this.written = 0;
        this.works();
      }
    } catch (error) {
      this.fails(codeOf(error));
    }
  }

  /** A line of which a part was written is written again, whole, to the new file. */
  private async open(): Promise<void> {
    this.isReopening = false;
    const { torn } = this;
    await this.sink.reopen(torn);
    this.written -= torn;
  }

  private works(): void {
    const lost = this.lostNow;
    if (this.failing === null && lost === 0) return;
    // Lines are still dropped while much waits.
    if (this.lines.size > MOST_WAITING / 2) return;
    this.failing = null;
    this.retry = FIRST_RETRY;
    this.lostNow = 0;
    this.listener.recovered(lost);
  }

  private fails(code: string): void {
    if (this.failing !== null) this.retry = Math.min(this.retry * 2, LAST_RETRY);
    const isNew = this.failing !== code;
    this.failing = code;
    if (isNew) this.listener.failed(code);
  }
}
