import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE, readFrameHeader } from '../../amqp/frame.js';
import { OctetReader } from '../../amqp/octet-reader.js';
import type { FrameHead } from './fault-actions.js';

/** Octets of a frame with which the class and method of a method frame are known. */
const METHOD_HEAD_LENGTH = FRAME_HEADER_LENGTH + 4;

/** Types beside which frames are lost. */
const TYPES: readonly number[] = Object.values(FRAME_TYPE);

/** What becomes of a frame. */
export type Fate = 'pass' | 'drop' | 'keep';

/**
 * Walks over frames of any size without holding them, and knows where one ends. It holds the first octets of a frame
 * back, 11 at most, where somebody wants to know what the frame is before it passes.
 */
export class FrameStream {
  /** Frames are lost: what follows is just octets. */
  isLost = false;
  private readonly head = new Uint8Array(METHOD_HEAD_LENGTH);
  private headLength = 0;
  /** How many octets of the head have been passed on before it was known. */
  private headPassed = 0;
  /** Octets that are left of the frame, its end with them; 0 while its head is read. */
  private left = 0;
  private fate: Fate = 'pass';

  /** Nothing of a frame has been passed on that is not whole. */
  get isAtBoundary(): boolean {
    return this.isLost || (this.left === 0 ? this.headPassed === 0 : this.fate !== 'pass');
  }

  /** What was held back of the head. */
  get held(): Uint8Array {
    return this.left > 0 ? this.head.subarray(0, 0) : this.head.slice(this.headPassed, this.headLength);
  }

  /** The channel of the frame that is under way and kept; null when there is none. */
  get keptChannel(): number | null {
    return this.left > 0 && this.fate === 'keep' ? this.channel : null;
  }

  /** What was kept of a channel is passed on: if it is the frame that is under way, its rest passes too. */
  release(channels: readonly number[]): void {
    if (this.keptChannel !== null && channels.includes(this.keptChannel)) this.fate = 'pass';
  }

  /** Octets that pass whatever they are. */
  walk(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.length && !this.isLost) {
      if (this.left > 0) at += this.body(octets, at).length;
      else if (this.headLength === 0 && octets.length - at >= FRAME_HEADER_LENGTH) at = this.step(octets, at);
      else {
        at += this.fill(octets, at, FRAME_HEADER_LENGTH);
        this.headPassed = this.headLength;
        if (this.headLength >= FRAME_HEADER_LENGTH) this.begin('pass');
      }
    }
  }

  /** Steps over a frame, or over its head: this runs for every small frame of every connection. */
  private step(octets: Uint8Array, at: number): number {
    const size =
      (octets[at + 3] as number) * 2 ** 24 +
      (((octets[at + 4] as number) << 16) | ((octets[at + 5] as number) << 8) | (octets[at + 6] as number));
    const end = at + FRAME_HEADER_LENGTH + size;
    if (end >= octets.length) {
      this.fill(octets, at, FRAME_HEADER_LENGTH);
      this.begin('pass');
      return at + FRAME_HEADER_LENGTH;
    }
    this.isLost = octets[end] !== FRAME_END || !TYPES.includes(octets[at] as number);
    return end + 1;
  }

  /**
   * Octets whose frames are judged one by one.
   *
   * @param judge is asked once for each frame
   * @param emit gets the octets with the fate of their frame; `isEnd`: they end it
   */
  sort(
    octets: Uint8Array,
    judge: (frame: FrameHead) => Fate,
    emit: (octets: Uint8Array, fate: Fate, channel: number, isEnd: boolean) => void,
  ): void {
    let at = 0;
    while (at < octets.length) {
      if (this.isLost) {
        emit(octets.subarray(at), 'pass', 0, false);
        return;
      }
      if (this.left > 0) {
        const piece = this.body(octets, at);
        at += piece.length;
        emit(piece, this.fate, this.channel, this.left === 0);
        continue;
      }
      at += this.fill(octets, at, this.needed);
      if (this.headLength < this.needed) continue;
      // What has begun to pass goes on.
      const fate = this.headPassed > 0 ? 'pass' : judge(this.describe());
      const rest = this.head.slice(this.headPassed, this.headLength);
      this.begin(fate);
      emit(rest, this.isLost ? 'pass' : fate, this.channel, false);
    }
  }

  private get channel(): number {
    return readFrameHeader(this.head).channel;
  }

  /** Octets of the head that are needed to judge it. */
  private get needed(): number {
    if (this.headLength < FRAME_HEADER_LENGTH || this.headPassed > 0) return FRAME_HEADER_LENGTH;
    const { type, size } = readFrameHeader(this.head);
    return type === FRAME_TYPE.method ? Math.min(METHOD_HEAD_LENGTH, FRAME_HEADER_LENGTH + size) : FRAME_HEADER_LENGTH;
  }

  private describe(): FrameHead {
    const { type, channel } = readFrameHeader(this.head);
    if (this.headLength < METHOD_HEAD_LENGTH) return { type, channel, ids: null };
    const reader = new OctetReader(this.head.subarray(FRAME_HEADER_LENGTH));
    return { type, channel, ids: [reader.short(), reader.short()] };
  }

  /** Adds to the head; returns how many octets it took. */
  private fill(octets: Uint8Array, at: number, needed: number): number {
    // It may hold more than is needed, if more was needed before.
    const taken = octets.subarray(at, at + Math.max(0, needed - this.headLength));
    this.head.set(taken, this.headLength);
    this.headLength += taken.length;
    return taken.length;
  }

  /** The head is known. */
  private begin(fate: Fate): void {
    const { type, size } = readFrameHeader(this.head);
    this.isLost = !TYPES.includes(type);
    this.left = size + 1 - (this.headLength - FRAME_HEADER_LENGTH);
    this.fate = fate;
    this.headLength = 0;
    this.headPassed = 0;
  }

  /** The next octets of the frame that is under way. */
  private body(octets: Uint8Array, at: number): Uint8Array {
    const piece = octets.subarray(at, at + this.left);
    this.left -= piece.length;
    if (this.left === 0 && piece.at(-1) !== FRAME_END) this.isLost = true;
    return piece;
  }
}
