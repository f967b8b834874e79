import { FRAME_HEADER_LENGTH, FRAME_TYPE } from '../../amqp/frame.js';
import { FrameCutter } from '../../amqp/frame-cutter.js';
import type { FrameHead } from './fault-actions.js';

const NOTHING = new Uint8Array();

/** Octets of a method frame that include its class and method ids. */
const METHOD_HEAD_LENGTH = FRAME_HEADER_LENGTH + 4;

/** 1 for each frame type of AMQP 0-9-1. A frame of another type loses the frame boundary. A table is the fastest lookup. */
const IS_TYPE = new Uint8Array(256);
for (const type of Object.values(FRAME_TYPE)) IS_TYPE[type] = 1;

/** How a frame is handled. */
export type Fate = 'pass' | 'drop' | 'keep';

/**
 * The frames of one direction after Open-Ok. They can be of any size and are not held. Only while filters judge frames
 * is the beginning of a frame held, at most 11 octets, until the frame is known.
 */
export class RunningFrames {
  private readonly frames = new FrameCutter();
  /** How many of the held octets were passed on before the frame was known. */
  private headPassed = 0;
  /** Of the current frame. */
  private fate: Fate = 'pass';
  /** The octets read last were skipped, so that none of them are held. */
  private wasSkipped = true;

  /** Whether nothing is held, and nothing of the current frame is kept or dropped: all that follows can be skipped. */
  get canSkip(): boolean {
    return this.wasSkipped && !this.isWithheld;
  }

  /** Whether no frame has been passed on in part. */
  get isAtBoundary(): boolean {
    return this.frames.isLost || (this.frames.left === 0 ? this.headPassed === 0 : this.fate !== 'pass');
  }

  /** Whether the current frame is kept or dropped, so that its rest must not pass. */
  get isWithheld(): boolean {
    return this.frames.left > 0 && this.fate !== 'pass';
  }

  /** The octets of a frame that are held until it is known. */
  get held(): Uint8Array {
    return this.frames.left > 0 ? NOTHING : this.frames.held.slice(this.headPassed);
  }

  /** The channel of the current frame, if that is kept; otherwise null. */
  get keptChannel(): number | null {
    return this.frames.left > 0 && this.fate === 'keep' ? this.frames.channel : null;
  }

  /** Frames of these channels are no longer kept. If the current frame is one of them, its rest passes. */
  release(channels: readonly number[]): void {
    if (this.keptChannel !== null && channels.includes(this.keptChannel)) this.fate = 'pass';
  }

  /** Follows octets that are all passed on. */
  skip(octets: Uint8Array): void {
    const { frames } = this;
    this.wasSkipped = true;
    frames.read(octets);
    while (frames.readHeader()) {
      if (IS_TYPE[frames.type] === 1) frames.skip();
      else frames.isLost = true;
    }
    frames.drop();
    this.headPassed = frames.held.length;
    this.fate = 'pass';
  }

  /**
   * Cuts octets into pieces of frames, each with its fate.
   *
   * @param judge called once for each frame
   * @param emit called for each piece. `isEnd`: whether it ends its frame
   */
  sort(
    octets: Uint8Array,
    judge: (frame: FrameHead) => Fate,
    emit: (octets: Uint8Array, fate: Fate, channel: number, isEnd: boolean) => void,
  ): void {
    const { frames } = this;
    this.wasSkipped = false;
    frames.read(octets);
    do {
      if (frames.isLost) break;
      const piece = frames.takePiece();
      if (piece.length > 0) emit(piece, this.fate, frames.channel, frames.left === 0);
    } while (frames.readHeader() && this.sortHead(judge, emit));
    const rest = frames.takeRest();
    if (rest.length > 0) emit(rest, 'pass', 0, false);
  }

  /** @returns whether the beginning of the frame is complete */
  private sortHead(
    judge: (frame: FrameHead) => Fate,
    emit: (octets: Uint8Array, fate: Fate, channel: number, isEnd: boolean) => void,
  ): boolean {
    const { frames, headPassed } = this;
    const { type, channel, size } = frames;
    const isMethod = type === FRAME_TYPE.method && headPassed === 0;
    const length = isMethod ? FRAME_HEADER_LENGTH + Math.min(4, size) : FRAME_HEADER_LENGTH;
    const head = frames.peek(length);
    if (head === undefined) return false;
    // A frame of which a part has been passed on passes.
    const fate = headPassed > 0 ? 'pass' : judge({ type, channel, ids: idsIn(head) });
    frames.take(length);
    this.headPassed = 0;
    this.fate = fate;
    if (IS_TYPE[type] !== 1) frames.isLost = true;
    emit(head.subarray(headPassed), frames.isLost ? 'pass' : fate, channel, false);
    return true;
  }
}

/** Class and method id; null if the octets are not the beginning of a method frame. */
function idsIn(head: Uint8Array): FrameHead['ids'] {
  if (head.length < METHOD_HEAD_LENGTH) return null;
  const [a, b, c, d] = head.subarray(FRAME_HEADER_LENGTH) as unknown as [number, number, number, number];
  return [(a << 8) | b, (c << 8) | d];
}
