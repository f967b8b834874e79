import { statSync } from 'node:fs';
import { progress } from './progress-line.js';

const MEGABYTE = 1e6;

/** Shows how much of some files has been read. */
export class ReadProgress {
  private readonly sizes: number[];
  private readonly total: number;
  private before = 0;

  /** @param files paths; the size of `-` is not known */
  constructor(files: readonly string[]) {
    this.sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    this.total = this.sizes.reduce((sum, size) => sum + size, 0);
  }

  /** @param bytes of the current file that were read */
  show(bytes: number): void {
    const read = this.before + bytes;
    const part = this.total > 0 ? ` of ${megabytes(this.total)}, ${Math.floor((100 * read) / this.total)} %` : '';
    progress.show(`${megabytes(read)}${part}`);
  }

  /** Goes on to the next file. */
  next(): void {
    this.before += this.sizes.shift() ?? 0;
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE).toLocaleString('en-US')} MB`;
