import { PERFORMATIVE } from './amqp10-performative.js';

/** The layer of AMQP 1.0 that a frame belongs to. Its frame type on the wire is 1 (sasl) or 0 (amqp). */
export type Amqp10Layer = 'sasl' | 'amqp';

/** An AMQP 1.0 frame. `body`: the octets after the header and the extended header. */
export type Amqp10Frame = { readonly channel: number; readonly body: Uint8Array };

/** The fields of a frame header, and its 8 octets. */
export type Amqp10FrameHeader = {
  readonly size: number;
  /** In words of 4 octets. */
  readonly dataOffset: number;
  readonly type: number;
  readonly channel: number;
  readonly octets: Uint8Array;
};

/** Octets of a frame header: size (4), data offset in words (1), type (1), channel (2). */
export const AMQP10_FRAME_HEADER_LENGTH = 8;
/** Octets needed to identify the performative of a frame: the header, and a descriptor of one octet. */
const PREFIX = AMQP10_FRAME_HEADER_LENGTH + 3;
/** Maximum size of a frame that is parsed, in octets. */
const FRAME_MAX = 8192;

const NOTHING = new Uint8Array();

/**
 * Cuts a stream of AMQP 1.0 into frames and returns those that matter: all SASL frames, `open` and `close`. Other
 * frames are skipped. It buffers at most one frame.
 */
export class Amqp10FrameReader {
  layer: Amqp10Layer;
  /** The channel of the last frame that began. */
  channel = 0;
  /** Whether a frame header was rejected. Nothing is read after that. */
  isLost = false;
  private readonly accepts: (header: Amqp10FrameHeader) => boolean;
  private storage = NOTHING;
  private held = 0;
  private left = 0;
  /** The header of the current frame; null between frames. */
  private header: Amqp10FrameHeader | null = null;

  /** @param accepts called for each frame header, also for one with an impossible size or data offset */
  constructor(layer: Amqp10Layer, accepts: (header: Amqp10FrameHeader) => boolean) {
    this.layer = layer;
    this.accepts = accepts;
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
        if (this.left === 0) this.header = null;
        rest = rest.subarray(count);
        continue;
      }
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
    if (size <= AMQP10_FRAME_HEADER_LENGTH) {
      this.release(0);
      return undefined;
    }
    if (this.held === AMQP10_FRAME_HEADER_LENGTH) return undefined;
    if (this.held < size) {
      if (!this.isRelevant(size)) this.release(size - this.held);
      return undefined;
    }
    const isRelevant = this.isRelevant(size);
    const { dataOffset, channel } = this.header as Amqp10FrameHeader;
    const body = this.storage.subarray(Math.min(dataOffset * 4, size), size);
    this.release(0);
    if (!isRelevant) return undefined;
    // The frame is a view of the storage, so the storage cannot be used again.
    this.storage = NOTHING;
    return { channel, body };
  }

  /** Returns whether the 8 octets are a valid frame header. */
  private begin(): boolean {
    const octets = this.storage.slice(0, AMQP10_FRAME_HEADER_LENGTH);
    const view = new DataView(octets.buffer);
    const [size, dataOffset] = [view.getUint32(0), view.getUint8(4)];
    const header = { size, dataOffset, type: view.getUint8(5), channel: view.getUint16(6), octets };
    this.isLost = !this.accepts(header) || size < AMQP10_FRAME_HEADER_LENGTH || dataOffset < 2;
    this.header = this.isLost ? null : header;
    this.channel = header.channel;
    return !this.isLost;
  }

  private isRelevant(size: number): boolean {
    if (size > FRAME_MAX) return false;
    if (this.layer === 'sasl') return true;
    const [, , , , dataOffset] = this.storage as unknown as number[];
    // After an extended header, which is rare, the performative could be any: keep the frame.
    if (dataOffset !== 2) return true;
    return (
      this.storage[9] === 0x53 && (this.storage[10] === PERFORMATIVE.open || this.storage[10] === PERFORMATIVE.close)
    );
  }

  private release(left: number): void {
    this.held = 0;
    this.left = left;
    if (left === 0) this.header = null;
  }
}
