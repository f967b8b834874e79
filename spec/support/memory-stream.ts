import { Writable } from 'node:stream';

/** A stream that keeps what is written to it. */
export class MemoryStream extends Writable {
  readonly isTTY: boolean;
  /** The text of each write. */
  readonly writes: string[] = [];

  constructor({ isTTY = false } = {}) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  get text(): string {
    return this.writes.join('');
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.writes.push(String(chunk));
    done();
  }
}
