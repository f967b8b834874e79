import { Backlog } from './backlog.js';
import { type Frame, type FrameCallback, type FrameProblem, MAX_OPENING_PAYLOAD } from './frame.js';
import { FrameReader } from './frame-reader.js';

const NOTHING: Uint8Array = new Uint8Array();

/**
 * The client's frames while a connection is opened, as far as the broker accepts their size. After an error of the client
 * the octets are kept instead of read, 128 KiB at most: the broker may have accepted what was an error.
 */
export class OpeningFrames {
  private frames: FrameReader;
  private maxPayload: number;
  private readonly kept = new Backlog(MAX_OPENING_PAYLOAD);
  private isKeeping = false;
  /** Octets that the broker has accepted are missing. Nothing more is read. */
  private isIncomplete = false;

  /** @param maxPayload the largest payload that the broker accepts, in octets. RabbitMQ's limit is not that of a whole frame. */
  constructor(maxPayload: number) {
    this.maxPayload = maxPayload;
    this.frames = new FrameReader({ maxPayload });
  }

  /** What the broker waits for, if it has not rejected anything. */
  get callback(): FrameCallback {
    const { problem, callback } = this.frames;
    if (problem?.name !== 'frame_too_large') return callback;
    const { type, channel, size } = problem;
    return { name: 'frame_payload', type, channel, size };
  }

  /** Whether the frame boundary is lost. A frame that the broker accepts may still be too large to be read here. */
  get isLost(): boolean {
    return this.isIncomplete || this.frames.problem !== undefined;
  }

  /** Why the broker rejects the octets; undefined if it does not. */
  get problem(): FrameProblem | undefined {
    const { problem } = this.frames;
    if (this.isIncomplete) return undefined;
    return problem?.name === 'frame_too_large' && problem.size <= this.maxPayload ? undefined : problem;
  }

  /** Octets that are in no frame that was read; null if not all of them are known, or the frame boundary is lost. */
  get held(): Uint8Array | null {
    if (this.isKeeping) return this.kept.isOverflown ? null : this.kept.octets;
    return this.isLost ? null : this.frames.held;
  }

  /** The first frame that `octets` complete, and what follows it. */
  next(octets: Uint8Array): readonly [frame: Frame | undefined, rest: Uint8Array] {
    return this.isIncomplete ? [undefined, NOTHING] : this.frames.next(octets);
  }

  /** Changes the largest payload that the broker accepts, in octets. */
  limitTo(maxPayload: number): void {
    this.maxPayload = maxPayload;
    this.frames.maxPayload = Math.min(maxPayload, MAX_OPENING_PAYLOAD);
  }

  /** Keeps octets after an error. */
  keep(octets: Uint8Array): void {
    if (!this.isKeeping) this.kept.add(this.frames.held);
    this.isKeeping = true;
    this.kept.add(octets);
  }

  /**
   * The broker has accepted what was an error.
   *
   * @param maxPayload the largest payload that it accepts, as far as that is known
   * @returns the octets kept, from the beginning of a frame; empty if the frame boundary is lost
   */
  takeKept(maxPayload: number): Uint8Array {
    this.isKeeping = false;
    const octets = this.kept.take();
    this.isIncomplete = this.frames.problem?.name === 'invalid_frame_end_marker' || this.kept.isOverflown;
    this.frames = new FrameReader({ maxPayload });
    this.limitTo(maxPayload);
    return this.isIncomplete ? NOTHING : octets;
  }
}
