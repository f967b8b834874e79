import { type Clock, systemClock, type Timer } from '../clock.js';
import { cut } from '../text/columns.js';
import { oneLine } from '../text/one-line.js';
import { clearBeforePrinting } from './print.js';
import { terminalSize } from './terminal-size.js';

/** Sets the cursor to the beginning of its line, and erases the rest of the line. */
const [BEGIN, ERASE] = ['\r', '\u001b[K'] as const;

/** Where the line is drawn: standard error, or what a spec puts in its place. */
export type Terminal = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
};

/**
 * One line of a terminal that shows how far a long command is. Nothing is written if standard error is not a terminal. Clear it
 * before anything else is written to the terminal; `print` does so.
 */
export class ProgressLine {
  private readonly terminal: Terminal;
  private readonly clock: Clock;
  private readonly first: number;
  private readonly every: number;
  private text = '';
  private dueAt: number | null = null;
  private timer: Timer | undefined;
  private isShown = false;

  /**
   * @param options `first`: time until it is drawn for the first time, in ms, so that a quick command shows nothing; `every`: the
   *   shortest time between two drawings, in ms
   */
  constructor({
    terminal = process.stderr,
    clock = systemClock,
    first = 1000,
    every = 200,
  }: {
    readonly terminal?: Terminal;
    readonly clock?: Clock;
    readonly first?: number;
    readonly every?: number;
  } = {}) {
    this.terminal = terminal;
    this.clock = clock;
    this.first = first;
    this.every = every;
  }

  /** Whether there is a terminal to show it on. */
  get isOn(): boolean {
    return this.terminal.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  /** Shows a text in place of the one before, at the next time a drawing is due. */
  show(text: string): void {
    if (!this.isOn) return;
    this.text = text;
    const now = this.clock.ticks();
    this.dueAt ??= now + this.first;
    if (now >= this.dueAt) this.draw();
    else if (this.timer === undefined) {
      this.timer = this.clock.start(() => this.draw(), this.dueAt - now);
      // It must not keep the process alive.
      this.timer.unref?.();
    }
  }

  /** Removes it from the terminal until `show` is called again. */
  clear(): void {
    this.stopTimer();
    if (this.isShown) this.terminal.write(`${BEGIN}${ERASE}`);
    this.isShown = false;
  }

  private draw(): void {
    this.stopTimer();
    this.dueAt = this.clock.ticks() + this.every;
    this.isShown = true;
    const { columns } = terminalSize(this.terminal);
    // A line that fills the terminal would wrap, and could no longer be erased.
    this.terminal.write(`${BEGIN}${cut(oneLine(this.text), columns - 1)}${ERASE}`);
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }
}

/** The progress of the command that this process runs. */
export const progress = new ProgressLine();
clearBeforePrinting(progress);
