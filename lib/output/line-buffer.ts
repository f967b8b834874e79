/** Bytes of a chunk. Lines that are added while one chunk is written go to another, so two are in use under load. */
const CHUNK = 256 * 1024;
/** Most bytes that a UTF-16 code unit needs in UTF-8. */
const MOST_BYTES = 3;

const NEWLINE = 10;

/** Memory that holds whole lines in its first `used` bytes. */
export type Chunk = { readonly memory: Buffer; used: number };

/**
 * Lines that wait to be written, in UTF-8. They are encoded when they are added, and the chunks of memory are reused, so that
 * the garbage collector has no lines to move while a disk is slow.
 */
export class LineBuffer {
  private readonly chunks: Chunk[] = [];
  private spare: Buffer | undefined;
  private bytes = 0;

  /** Bytes of all lines, with those that were taken and not yet released. */
  get size(): number {
    return this.bytes;
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** @param line without a line end */
  add(line: string): void {
    const chunk = this.chunkFor(line);
    const { memory, used } = chunk;
    const end = used + memory.write(line, used);
    memory[end] = NEWLINE;
    chunk.used = end + 1;
    this.bytes += chunk.used - used;
  }

  /** Removes the oldest chunk; null if no lines wait. The caller releases it when it is written. */
  take(): Chunk | null {
    return this.chunks.shift() ?? null;
  }

  /** The lines of a chunk are written, so that its memory can be reused. */
  release({ memory, used }: Chunk): void {
    this.bytes -= used;
    if (memory.length === CHUNK) this.spare = memory;
  }

  /** Returns the chunk that has room for a line. */
  private chunkFor(line: string): Chunk {
    const last = this.chunks.at(-1);
    const room = last === undefined ? 0 : last.memory.length - last.used;
    if (last !== undefined && line.length * MOST_BYTES < room) return last;
    const length = Buffer.byteLength(line) + 1;
    if (last !== undefined && length <= room) return last;
    const memory =
      length <= CHUNK && this.spare !== undefined ? this.spare : Buffer.allocUnsafeSlow(Math.max(length, CHUNK));
    if (memory === this.spare) this.spare = undefined;
    const chunk = { memory, used: 0 };
    this.chunks.push(chunk);
    return chunk;
  }
}
