/** Bytes of a line that are read. The rest of a longer line is skipped. */
export const LONGEST_LINE = 256 * 1024;

const [NEWLINE, RETURN] = [10, 13] as const;

/**
 * Cuts a stream of bytes into lines without their ends, LF or CR LF, wherever the chunks are split. Bytes that are not UTF-8
 * become U+FFFD. At most `LONGEST_LINE` bytes are kept.
 */
export class LineCutter {
  /** Lines longer than `LONGEST_LINE`, which were cut. */
  cut = 0;
  private kept: Buffer[] = [];
  private keptLength = 0;
  private isCut = false;
  private readonly take: (line: string) => void;

  /** @param take called for each line. It must copy what it keeps for long: a part of a line keeps its whole chunk in memory */
  constructor(take: (line: string) => void) {
    this.take = take;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const last = bytes.lastIndexOf(NEWLINE);
    let from = 0;
    if (last >= 0 && (this.keptLength > 0 || this.isCut)) {
      from = bytes.indexOf(NEWLINE) + 1;
      this.keep(bytes.subarray(0, from - 1));
      this.end();
    }
    if (last >= from) this.cutBlock(bytes, from, last);
    this.keep(bytes.subarray(Math.max(last + 1, from)));
  }

  /** Takes the last line, which has no end. */
  end(): void {
    if (this.keptLength === 0 && !this.isCut) return;
    const line = withoutReturn(Buffer.concat(this.kept));
    if (this.isCut) this.cut += 1;
    this.kept = [];
    this.keptLength = 0;
    this.isCut = false;
    this.take(line.toString());
  }

  /** Takes all lines between two places, the second of which is the end of a line. */
  private cutBlock(bytes: Buffer, from: number, to: number): void {
    const text = bytes.toString('utf8', from, to);
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      const until = end < 0 ? text.length : end;
      if (until - start > LONGEST_LINE) this.cut += 1;
      const kept = Math.min(until, start + LONGEST_LINE);
      this.take(text.slice(start, kept > start && text.charCodeAt(kept - 1) === RETURN ? kept - 1 : kept));
      if (end < 0) return;
      start = end + 1;
    }
  }

  private keep(bytes: Buffer): void {
    const room = LONGEST_LINE - this.keptLength;
    if (bytes.length > room) this.isCut = true;
    if (room <= 0 || bytes.length === 0) return;
    // The chunk may be overwritten, and a part of it would keep all of it.
    this.kept.push(Buffer.from(bytes.subarray(0, room)));
    this.keptLength += Math.min(bytes.length, room);
  }
}

const withoutReturn = (line: Buffer): Buffer => (line.at(-1) === RETURN ? line.subarray(0, -1) : line);
