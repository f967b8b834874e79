import { statSync } from 'node:fs';

/** How often it is shown, in ms, and for the first time. */
const [INTERVAL, FIRST] = [200, 1000] as const;
const MEGABYTE = 1e6;

/** Shows on standard error how much of some files has been read, if that is a terminal. */
export class Progress {
  private readonly sizes: number[];
  private readonly total: number;
  private before = 0;
  private shownAt = performance.now() + FIRST - INTERVAL;
  private isShown = false;

  private constructor(sizes: number[]) {
    this.sizes = sizes;
    this.total = sizes.reduce((sum, size) => sum + size, 0);
  }

  /** @param files paths; the size of `-` is not known */
  static of(files: readonly string[]): Progress {
    return new Progress(files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0));
  }

  /** @param bytes of the current file that were read */
  show(bytes: number): void {
    if (process.stderr.isTTY !== true) return;
    const now = performance.now();
    if (now - this.shownAt < INTERVAL) return;
    this.shownAt = now;
    this.isShown = true;
    const read = this.before + bytes;
    const part = this.total > 0 ? ` of ${megabytes(this.total)}, ${Math.floor((100 * read) / this.total)} %` : '';
    process.stderr.write(`\r${megabytes(read)}${part}\u001b[K`);
  }

  /** Goes on to the next file. */
  next(): void {
    this.before += this.sizes.shift() ?? 0;
  }

  /** Removes it from the terminal. */
  clear(): void {
    if (this.isShown) process.stderr.write('\r\u001b[K');
    this.isShown = false;
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE).toLocaleString('en-US')} MB`;
