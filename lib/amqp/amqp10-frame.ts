import { PERFORMATIVE } from './amqp10-performative.js';

/** The layer of AMQP 1.0 that a frame belongs to. Its frame type on the wire is 1 (sasl) or 0 (amqp). */
export type Amqp10Layer = 'sasl' | 'amqp';

/** The fields of a frame header, and its 8 octets. */
export type Amqp10FrameHeader = {
  readonly size: number;
  /** In words of 4 octets. */
  readonly dataOffset: number;
  readonly type: number;
  readonly channel: number;
  readonly octets: Uint8Array;
};

/** An AMQP 1.0 frame. `body`: the octets after the header and the extended header; only the first ones of a large frame. */
export type Amqp10Frame = { readonly header: Amqp10FrameHeader; readonly body: Uint8Array };

/** How a frame header was judged: the frame follows, the next header follows at once, or nothing more is read. */
export type HeaderVerdict = 'frame' | 'next header' | 'stop';

/** Octets of a frame header: size (4), data offset in words (1), type (1), channel (2). */
export const AMQP10_FRAME_HEADER_LENGTH = 8;
/** Octets needed to identify the performative of a frame: the header, and a descriptor of one octet. */
const PREFIX = AMQP10_FRAME_HEADER_LENGTH + 3;
/** Maximum size of a frame that is parsed, in octets. */
const FRAME_MAX = 8192;

const NOTHING = new Uint8Array();

/**
 * Cuts a stream of AMQP 1.0 into frames and returns those that matter: all frames with a body until the connection is
 * open, then only `open`, `close`, and those with a data offset after their end. It buffers at most one frame.
 */
export class Amqp10FrameReader {
  layer: Amqp10Layer;
  /** Whether all frames are returned. */
  returnsAll = true;
  /**
   * The largest frame that is accepted, in octets. Once the connection is open, frames of up to this size are not judged if
   * nothing else about their headers is unusual. @defaultValue 0: all are judged
   */
  frameMax = 0;
  /** The channel of the last frame that began. */
  channel = 0;
  /** Whether there was a frame with a body that was not returned. */
  hasOthers = false;
  /** Whether a frame header was rejected. Nothing is read after that. */
  isLost = false;
  private readonly judgeHeader: (header: Amqp10FrameHeader) => HeaderVerdict;
  private storage = NOTHING;
  private held = 0;
  private left = 0;
  /** The header of the current frame; null between frames. */
  private header: Amqp10FrameHeader | null = null;

  /** @param judgeHeader called for each frame header, also for one with an impossible size or data offset */
  constructor(layer: Amqp10Layer, judgeHeader: (header: Amqp10FrameHeader) => HeaderVerdict) {
    this.layer = layer;
    this.judgeHeader = judgeHeader;
  }

  /** The header of the frame that is incomplete; null between frames. */
  get inside(): Amqp10FrameHeader | null {
    return this.header;
  }

  /** Returns the first relevant frame that `chunk` completes, and the rest of the chunk; empty without a frame. */
  next(chunk: Uint8Array): readonly [frame: Amqp10Frame | undefined, rest: Uint8Array] {
    let rest = chunk;
    while (rest.length > 0 && !this.isLost) {
      if (this.left > 0) {
        const count = Math.min(this.left, rest.length);
        this.left -= count;
        rest = rest.subarray(count);
        if (this.left > 0) break;
        const frame = this.complete();
        if (frame) return [frame, rest];
        continue;
      }
      rest = this.skipContent(rest);
      if (rest.length === 0) break;
      const wanted = this.wanted();
      const missing = wanted - this.held;
      this.hold(rest.subarray(0, missing), wanted);
      rest = rest.subarray(missing);
      if (this.held < wanted) break;
      const frame = this.judge(wanted);
      if (frame) return [frame, rest];
    }
    return [undefined, NOTHING];
  }

  /**
   * Skips the whole frames at the beginning of `octets` that do not matter once the connection is open. Almost all frames
   * are such, and this costs a hundredth of reading their headers.
   *
   * @returns the octets after them
   */
  private skipContent(octets: Uint8Array): Uint8Array {
    if (this.returnsAll || this.held > 0 || this.layer !== 'amqp') return octets;
    let next = 0;
    while (octets.length - next >= PREFIX && octets[next + 4] === 2 && octets[next + 5] === 0) {
      const size =
        (octets[next] as number) * 2 ** 24 +
        (((octets[next + 1] as number) << 16) | ((octets[next + 2] as number) << 8) | (octets[next + 3] as number));
      if (size < PREFIX || size > this.frameMax || size > octets.length - next) break;
      if (octets[next + 9] === 0x53 && isRelevantCode(octets[next + 10])) break;
      this.channel = ((octets[next + 6] as number) << 8) | (octets[next + 7] as number);
      next += size;
    }
    if (next === 0) return octets;
    this.hasOthers = true;
    return octets.subarray(next);
  }

  private size(): number {
    return new DataView(this.storage.buffer).getUint32(0);
  }

  /** How many octets of the frame are needed for the next decision. */
  private wanted(): number {
    if (this.held < AMQP10_FRAME_HEADER_LENGTH) return AMQP10_FRAME_HEADER_LENGTH;
    return this.held < PREFIX ? Math.min(PREFIX, this.size()) : this.size();
  }

  private hold(octets: Uint8Array, wanted: number): void {
    if (this.storage.length < wanted) {
      const grown = new Uint8Array(wanted);
      grown.set(this.storage.subarray(0, this.held));
      this.storage = grown;
    }
    this.storage.set(octets, this.held);
    this.held += octets.length;
  }

  /** Decides about the octets held, which are as many as were wanted. */
  private judge(wanted: number): Amqp10Frame | undefined {
    const size = this.size();
    if (wanted === AMQP10_FRAME_HEADER_LENGTH && !this.begin()) return undefined;
    if (size === AMQP10_FRAME_HEADER_LENGTH) {
      this.release();
      return undefined;
    }
    if (this.held === AMQP10_FRAME_HEADER_LENGTH) return undefined;
    if (this.held === size) return this.complete();
    if (size > FRAME_MAX || !this.isRelevant()) this.left = size - this.held;
    return undefined;
  }

  /** The frame whose last octet has arrived; undefined if it does not matter. */
  private complete(): Amqp10Frame | undefined {
    const header = this.header as Amqp10FrameHeader;
    const isRelevant = this.isRelevant();
    const body = this.storage.subarray(Math.min(header.dataOffset * 4, this.held), this.held);
    this.release();
    if (!isRelevant) {
      this.hasOthers = true;
      return undefined;
    }
    // The frame is a view of the storage, so the storage cannot be used again.
    this.storage = NOTHING;
    return { header, body };
  }

  /** Judges the 8 octets of a frame header, and returns whether its frame follows. */
  private begin(): boolean {
    const octets = this.storage.slice(0, AMQP10_FRAME_HEADER_LENGTH);
    const view = new DataView(octets.buffer);
    const [size, dataOffset] = [view.getUint32(0), view.getUint8(4)];
    const header = { size, dataOffset, type: view.getUint8(5), channel: view.getUint16(6), octets };
    this.channel = header.channel;
    const verdict = this.judgeHeader(header);
    const isMalformed = size < AMQP10_FRAME_HEADER_LENGTH || dataOffset < 2;
    if (verdict === 'frame' && !isMalformed) {
      this.header = header;
      return true;
    }
    this.isLost = verdict !== 'next header';
    this.release();
    return false;
  }

  private isRelevant(): boolean {
    if (this.returnsAll) return true;
    const { size, dataOffset } = this.header as Amqp10FrameHeader;
    if (dataOffset * 4 > size) return true;
    if (size > FRAME_MAX) return false;
    // After an extended header, which is rare, the performative could be any: keep the frame.
    if (dataOffset !== 2) return true;
    return this.storage[9] === 0x53 && isRelevantCode(this.storage[10]);
  }

  private release(): void {
    this.held = 0;
    this.left = 0;
    this.header = null;
  }
}

const isRelevantCode = (code: number | undefined): boolean => code === PERFORMATIVE.open || code === PERFORMATIVE.close;
