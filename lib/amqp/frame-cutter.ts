import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE, isFrameType } from './frame.js';

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Finds the AMQP 0-9-1 frames in a stream of octets, however the network splits them. All code that reads frames is
 * built on it: `read` a chunk, call `readHeader` until it returns false, and after each header `take` or `skip` the
 * frame.
 *
 * Skipping is the fast path: it runs over every octet of a busy connection, allocates nothing and holds at most an
 * incomplete frame header. Only a frame that is taken as a whole is held until it is complete.
 */
export class FrameCutter {
  /** Whether the frame boundary is lost: a frame does not end with the frame end octet. Nothing more is read then. */
  isLost = false;
  /** The facts of the last frame header. */
  type = 0;
  channel = 0;
  size = 0;
  /** Octets of the current frame that are still to be skipped, its end included; 0 between frames and in a header. */
  left = 0;
  private chunk = NOTHING;
  private at = 0;
  /** The first `length` octets of it are held. */
  private storage = NOTHING;
  private length = 0;

  /** The octets held of the current frame, from its first. */
  get held(): Uint8Array {
    return this.length === 0 ? NOTHING : this.storage.subarray(0, this.length);
  }

  /** Starts a chunk. Until it is used up, it must not change. */
  read(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.at = 0;
  }

  /**
   * Skips what is left of the current frame, then reads the next frame header.
   *
   * @returns false when the chunk is used up, or the frame boundary is lost
   */
  readHeader(): boolean {
    if (this.left > 0) this.skipPiece();
    if (this.isLost) return false;
    if (this.at === this.chunk.length) {
      this.drop();
      return false;
    }
    if (this.length === 0 && this.chunk.length - this.at >= FRAME_HEADER_LENGTH) {
      this.parseHeader(this.chunk, this.at);
      return true;
    }
    if (!this.hold(FRAME_HEADER_LENGTH)) return false;
    this.parseHeader(this.storage, 0);
    return true;
  }

  /**
   * Skips the whole frames that the chunk has next, up to a method of channel 0 or a type that does not exist. The facts of
   * the last one become those of the last frame header.
   *
   * It saves most of what `readHeader` and `skip` cost for each frame: a chunk of small messages has hundreds of them.
   */
  skipContent(): void {
    const { chunk } = this;
    if (this.left > 0) this.skipPiece();
    if (this.isLost || this.left > 0 || this.length > 0) return;
    let next = this.at;
    let last = -1;
    // A frame has at least its header and its end.
    while (next + FRAME_HEADER_LENGTH < chunk.length) {
      const type = chunk[next] as number;
      if (!isFrameType(type)) break;
      if (type === FRAME_TYPE.method && chunk[next + 1] === 0 && chunk[next + 2] === 0) break;
      const size =
        ((chunk[next + 4] as number) << 16) | ((chunk[next + 5] as number) << 8) | (chunk[next + 6] as number);
      const end = next + FRAME_HEADER_LENGTH + size;
      if (chunk[next + 3] !== 0 || end >= chunk.length || chunk[end] !== FRAME_END) break;
      last = next;
      next = end + 1;
    }
    if (last < 0) return;
    this.parseHeader(chunk, last);
    this.at = next;
  }

  /** Skips the frame whose header was read. */
  skip(): void {
    this.left = FRAME_HEADER_LENGTH + this.size + 1 - this.length;
    this.length = 0;
    this.skipPiece();
  }

  /**
   * Looks at the beginning of the frame whose header was read, without taking it.
   *
   * @param count how many octets, from the first octet of the header
   * @returns a view of the chunk or of what is held; undefined when the chunk is used up
   */
  peek(count: number): Uint8Array | undefined {
    if (this.length === 0 && this.chunk.length - this.at >= count) return this.chunk.subarray(this.at, this.at + count);
    return this.hold(count) ? this.held : undefined;
  }

  /**
   * Takes the beginning of the frame whose header was read; the remaining octets are `left`.
   *
   * @param count how many octets, from the first octet of the header. @defaultValue the whole frame
   * @returns a view of the chunk, or a copy; undefined when the chunk is used up, or the frame end octet is wrong: the
   *   frame is then not taken
   */
  take(count = FRAME_HEADER_LENGTH + this.size + 1): Uint8Array | undefined {
    const octets = this.peek(count);
    if (octets === undefined) return undefined;
    const left = FRAME_HEADER_LENGTH + this.size + 1 - count;
    if (left === 0 && octets[count - 1] !== FRAME_END) {
      this.isLost = true;
      return undefined;
    }
    if (this.length > 0) this.release();
    else this.at += count;
    this.left = left;
    return octets;
  }

  /** Takes the whole frame whose header was read. @returns its payload, as `take` returns the frame */
  takePayload(): Uint8Array | undefined {
    const { chunk, at, size } = this;
    const end = at + FRAME_HEADER_LENGTH + size;
    // The usual case, without a view of the frame.
    if (this.length > 0 || end >= chunk.length || chunk[end] !== FRAME_END)
      return this.take()?.subarray(FRAME_HEADER_LENGTH, -1);
    this.at = end + 1;
    return chunk.subarray(at + FRAME_HEADER_LENGTH, end);
  }

  /** Takes what the chunk has of the octets that are `left`: a view of the chunk. */
  takePiece(): Uint8Array {
    const from = this.at;
    if (this.left > 0) this.skipPiece();
    return this.chunk.subarray(from, this.at);
  }

  /** Ends the chunk early. @returns what was not used of it */
  takeRest(): Uint8Array {
    const rest = this.at === this.chunk.length ? NOTHING : this.chunk.subarray(this.at);
    this.drop();
    return rest;
  }

  /** Holds the rest of the chunk together with what is held. */
  holdRest(): void {
    this.hold(Number.POSITIVE_INFINITY);
  }

  /** Lets go of the chunk. */
  drop(): void {
    this.chunk = NOTHING;
    this.at = 0;
  }

  private skipPiece(): void {
    const end = this.at + this.left;
    if (end > this.chunk.length) {
      this.left = end - this.chunk.length;
      this.at = this.chunk.length;
      return;
    }
    this.left = 0;
    this.at = end;
    if (this.chunk[end - 1] !== FRAME_END) this.isLost = true;
  }

  private parseHeader(octets: Uint8Array, at: number): void {
    this.type = octets[at] as number;
    this.channel = ((octets[at + 1] as number) << 8) | (octets[at + 2] as number);
    this.size =
      (octets[at + 3] as number) * 2 ** 24 +
      (((octets[at + 4] as number) << 16) | ((octets[at + 5] as number) << 8) | (octets[at + 6] as number));
  }

  /** Holds octets of the current frame until there are `count`. @returns whether there are; if not, the chunk is used up */
  private hold(count: number): boolean {
    const taken = this.chunk.subarray(this.at, this.at + Math.max(0, count - this.length));
    const length = this.length + taken.length;
    if (length > this.storage.length) {
      // It grows with what comes: a size that a peer only claims reserves nothing.
      const grown = new Uint8Array(Math.max(length, Math.min(count, 2 * this.storage.length)));
      grown.set(this.held);
      this.storage = grown;
    }
    this.storage.set(taken, this.length);
    this.length = length;
    this.at += taken.length;
    if (length >= count) return true;
    this.drop();
    return false;
  }

  /** What was taken is a view of the storage, which therefore goes with it. */
  private release(): void {
    this.storage = NOTHING;
    this.length = 0;
  }
}
