/** The smallest and the largest buffer that is used again, in octets. */
const SMALLEST = 16_384;
const LARGEST = 262_144;
/** Maximum octets that wait to be used again. */
const MOST_UNUSED = 8 * 1024 ** 2;

/**
 * Large buffers that are used again. Memory that was used before is ten times as fast to write as memory that the system has
 * only just given, and a delayed connection fills buffers as fast as it receives.
 */
class BufferPool {
  private readonly unused = new Map<number, Uint8Array[]>();
  private octets = 0;

  /** Returns a buffer with room for `length` octets; null if that is too few or too many to be worth it. */
  take(length: number): Uint8Array | null {
    if (length < SMALLEST || length > LARGEST) return null;
    const size = 2 ** Math.ceil(Math.log2(length));
    const buffer = this.unused.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.octets -= size;
    return buffer;
  }

  /** Nobody uses the buffer any more. */
  give(buffer: Uint8Array): void {
    const { length } = buffer;
    if (this.octets + length > MOST_UNUSED) return;
    this.octets += length;
    const same = this.unused.get(length);
    if (same) same.push(buffer);
    else this.unused.set(length, [buffer]);
  }
}

/** The pool of all connections. */
export const bufferPool = new BufferPool();
