/** Bytes of a chunk. Lines that are added while one chunk is written go to another, so two are in use under load. */
const CHUNK = 256 * 1024;
/** Most bytes that a UTF-16 code unit needs in UTF-8. */
const MOST_BYTES = 3;

const NEWLINE = 10;

/** Memory that holds whole lines in its first `used` bytes. */
export type Chunk = { readonly memory: Buffer; used: number };

/** Whether a text needs at most `room` bytes in UTF-8. */
export const hasRoom = (room: number, text: string): boolean =>
  text.length * MOST_BYTES <= room || Buffer.byteLength(text) <= room;

/**
 * Lines that wait to be written, in UTF-8. They are encoded when they are added, and the chunks of memory are used again, so the
 * garbage collector has no lines to move while a disk is slow.
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

  /** The lines of a chunk are written, so its memory can be used again. */
  release({ memory, used }: Chunk): void {
    this.bytes -= used;
    if (memory.length === CHUNK) this.spare = memory;
  }

  /** Returns the chunk that has room for a line and its end. */
  private chunkFor(line: string): Chunk {
    const last = this.chunks.at(-1);
    if (last !== undefined && hasRoom(last.memory.length - last.used - 1, line)) return last;
    const chunk = { memory: this.memoryFor(line), used: 0 };
    this.chunks.push(chunk);
    return chunk;
  }

  private memoryFor(line: string): Buffer {
    if (!hasRoom(CHUNK - 1, line)) return Buffer.allocUnsafeSlow(Buffer.byteLength(line) + 1);
    const memory = this.spare ?? Buffer.allocUnsafeSlow(CHUNK);
    this.spare = undefined;
    return memory;
  }
}
