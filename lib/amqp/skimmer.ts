import { FRAME_HEADER_LENGTH, FRAME_TYPE, isFrameType } from './frame.js';
import { FrameCutter } from './frame-cutter.js';

/** The largest frame that is decoded, in octets. After Open-Ok only a new secret can be in a longer Connection method. */
const FRAME_MAX = 4096;

/**
 * The largest frame of a type that does not exist, in octets: RabbitMQ's default frame_max. What looks like a larger one is
 * no frame: `AMQP` and a version would be one of 1.3 GB.
 */
const UNKNOWN_MAX = 131_072;

/**
 * Skips frames and picks out the methods of channel 0, which are those of class Connection. It runs over every octet of
 * a busy connection.
 */
export class Skimmer {
  /** Whether there was a frame of another channel than 0. */
  hasChannel = false;
  private readonly frames = new FrameCutter();
  private readonly picked: (payload: Uint8Array) => void;

  /** @param picked called with the payload of each method, which is valid only during the call */
  constructor(picked: (payload: Uint8Array) => void) {
    this.picked = picked;
  }

  /** Whether the frame boundary is lost, or octets cannot be a frame header. Nothing more is read then. */
  get isLost(): boolean {
    return this.frames.isLost;
  }

  /** Octets are missing, so that no more frames can be found. */
  lose(): void {
    this.frames.isLost = true;
  }

  /** The channel of the last frame that began. */
  get channel(): number {
    return this.frames.channel;
  }

  /** Octets that leave a reader that starts with them as far from the next frame as this one is. */
  get underWay(): Uint8Array {
    const { held, size, left } = this.frames;
    if (left === 0 && held.length < FRAME_HEADER_LENGTH) return held.slice();
    const head = new Uint8Array(FRAME_HEADER_LENGTH);
    head[0] = FRAME_TYPE.method;
    // What is left includes the frame end, which the size does not.
    const payloadLeft = left > 0 ? left - 1 : FRAME_HEADER_LENGTH + size - held.length;
    new DataView(head.buffer).setUint32(3, payloadLeft);
    return head;
  }

  push(octets: Uint8Array): void {
    const { frames } = this;
    if (frames.isLost) return;
    frames.read(octets);
    frames.skipContent();
    if (frames.channel !== 0) this.hasChannel = true;
    while (frames.readHeader()) {
      if (frames.channel !== 0) this.hasChannel = true;
      if (frames.size > UNKNOWN_MAX && !isFrameType(frames.type)) frames.isLost = true;
      else if (frames.type !== FRAME_TYPE.method || frames.channel !== 0 || frames.size > FRAME_MAX - 8) frames.skip();
      else this.pick();
    }
    frames.drop();
  }

  private pick(): void {
    const payload = this.frames.takePayload();
    if (payload) this.picked(payload);
  }
}
