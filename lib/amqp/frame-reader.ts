import {
  FRAME_END,
  FRAME_HEADER_LENGTH,
  type Frame,
  type FrameCallback,
  type FrameProblem,
  readFrameHeader,
} from './frame.js';

const NOTHING = new Uint8Array();

/**
 * Cuts a stream of octets into frames, wherever it was split on its way.
 *
 * It holds one unfinished frame at most, so never more than `maxPayload` + 8 octets, and only those that have come.
 * After a problem the frame boundary is lost: it reads nothing more.
 *
 * @see rabbit_reader.erl, `handle_input(frame_header, _)` and `handle_input({frame_payload, _, _, _}, _)`
 */
export class FrameReader {
  /** The largest payload that is taken, in octets. May be changed between reads, as Tune does. */
  maxPayload: number;
  private found: FrameProblem | undefined;
  /** The first `length` octets of it are held. */
  private storage = NOTHING;
  private length = 0;
  /** The number of octets with which the held frame can be judged again. */
  private needed = 0;

  constructor({ maxPayload }: { readonly maxPayload: number }) {
    this.maxPayload = maxPayload;
  }

  /** Why there will be no more frames; undefined as long as there can be. */
  get problem(): FrameProblem | undefined {
    return this.found;
  }

  /** What was read and is in no frame: the unfinished one; after a problem, the bad one and the rest of that chunk. */
  get held(): Uint8Array {
    return this.storage.subarray(0, this.length);
  }

  /** What it waits for. A problem was found in a frame header or at the end of a payload: it still waits for that. */
  get callback(): FrameCallback {
    if (this.length < FRAME_HEADER_LENGTH || this.found?.name === 'frame_too_large') return { name: 'frame_header' };
    return { name: 'frame_payload', ...readFrameHeader(this.storage) };
  }

  /** The frames that `chunk` completes. A payload may be a view of the chunk: copy what shall outlive it. */
  read(chunk: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    for (let [frame, rest] = this.next(chunk); frame; [frame, rest] = this.next(rest)) frames.push(frame);
    return frames;
  }

  /** The first frame that `chunk` completes, and what follows it in the chunk; without a frame nothing follows. */
  next(chunk: Uint8Array): readonly [frame: Frame | undefined, rest: Uint8Array] {
    let rest = chunk;
    while (rest.length > 0 && !this.found) {
      const isHeld = this.length > 0;
      if (isHeld) rest = this.hold(rest, this.needed - this.length);
      const judged = judge(isHeld ? this.held : rest, this.maxPayload);
      if (typeof judged === 'number') {
        this.needed = judged;
        if (!isHeld) rest = this.hold(rest, rest.length);
      } else if ('name' in judged) {
        this.found = judged;
        this.hold(rest, rest.length);
      } else {
        if (isHeld) this.release();
        else rest = rest.subarray(FRAME_HEADER_LENGTH + judged.payload.length + 1);
        return [judged, rest];
      }
    }
    return [undefined, NOTHING];
  }

  /** Holds the first `count` of the octets, or as many as there are; returns the others. */
  private hold(octets: Uint8Array, count: number): Uint8Array {
    const taken = octets.subarray(0, count);
    const length = this.length + taken.length;
    if (length > this.storage.length) {
      // It grows with what comes: a size that a client only claims reserves nothing.
      const grown = new Uint8Array(Math.max(length, Math.min(this.needed, 2 * this.storage.length)));
      grown.set(this.held);
      this.storage = grown;
    }
    this.storage.set(taken, this.length);
    this.length = length;
    return octets.subarray(taken.length);
  }

  /** The payload that was handed out is a view of the storage, which therefore goes with it. */
  private release(): void {
    this.storage = NOTHING;
    this.length = 0;
  }
}

/** The frame at the beginning of the octets, what is wrong with it, or how many octets it takes to tell more. */
function judge(octets: Uint8Array, maxPayload: number): Frame | FrameProblem | number {
  if (octets.length < FRAME_HEADER_LENGTH) return FRAME_HEADER_LENGTH;
  const { type, channel, size } = readFrameHeader(octets);
  if (size > maxPayload) return { name: 'frame_too_large', type, channel, size, maxPayload };
  const end = FRAME_HEADER_LENGTH + size;
  const marker = octets[end];
  if (marker === undefined) return end + 1;
  const payload = octets.subarray(FRAME_HEADER_LENGTH, end);
  if (marker === FRAME_END) return { type, channel, payload };
  return { name: 'invalid_frame_end_marker', type, channel, payload: Uint8Array.from(payload), marker };
}
