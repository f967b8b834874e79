import { FRAME_TYPE, MAX_OPENING_PAYLOAD } from '../../amqp/frame.js';
import { FrameCutter } from '../../amqp/frame-cutter.js';

const NOTHING: Uint8Array = new Uint8Array();

export type HandshakeFrame = {
  readonly octets: Uint8Array;
  readonly type: number;
  readonly channel: number;
  /** How many of the octets have been passed on. */
  readonly passed: number;
};

/** The frames of one direction up to Open or Open-Ok. Each is read as a whole, so that faults can act on it. */
export class HandshakeFrames {
  private readonly frames = new FrameCutter();
  private readonly pass: (octets: Uint8Array) => void;
  /** Whether the current frame is held until it is complete. Otherwise its octets pass as they come. */
  private isHeld = false;
  private passed = 0;

  constructor(pass: (octets: Uint8Array) => void) {
    this.pass = pass;
  }

  /** Whether no frame has been passed on in part. */
  get isAtBoundary(): boolean {
    return this.passed === 0;
  }

  /** Whether these octets are not frames of a handshake. */
  get isLost(): boolean {
    return this.frames.isLost;
  }

  /** Octets that have not been passed on. */
  get held(): Uint8Array {
    return this.frames.held.subarray(this.passed);
  }

  /**
   * Reads up to the end of the next frame.
   *
   * @param isHeld called when a frame begins: whether it must be complete before any of it passes
   * @returns the frame if it is complete, as a copy, and what follows it
   */
  next(octets: Uint8Array, isHeld: () => boolean): readonly [frame: HandshakeFrame | undefined, rest: Uint8Array] {
    const { frames, passed } = this;
    if (frames.held.length === 0) this.isHeld = isHeld();
    frames.read(octets);
    if (frames.readHeader()) {
      const { type, channel, size } = frames;
      if ((type !== FRAME_TYPE.method && type !== FRAME_TYPE.heartbeat) || size > MAX_OPENING_PAYLOAD)
        frames.isLost = true;
      const frame = frames.isLost ? undefined : frames.take();
      if (frame) {
        this.passed = 0;
        return [{ octets: new Uint8Array(frame), type, channel, passed }, frames.takeRest()];
      }
    }
    if (frames.isLost) return [undefined, frames.takeRest()];
    if (!this.isHeld) {
      this.pass(this.held);
      this.passed = frames.held.length;
    }
    return [undefined, NOTHING];
  }
}
