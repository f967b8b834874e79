import { FRAME_HEADER_LENGTH, type Frame, type FrameCallback, type FrameProblem } from './frame.js';
import { FrameCutter } from './frame-cutter.js';

const NO_FRAME: readonly [frame: undefined, rest: Uint8Array] = [undefined, new Uint8Array()];

/**
 * Reads whole frames from a stream of octets, however the network splits them.
 *
 * It holds at most one incomplete frame, so never more than `maxPayload` + 8 octets, and only octets that were received.
 * After a problem the frame boundary is lost: it reads nothing more.
 *
 * @see rabbit_reader.erl, `handle_input(frame_header, _)` and `handle_input({frame_payload, _, _, _}, _)`
 */
export class FrameReader {
  /** The largest payload that is accepted, in octets. May be changed between frames, as Tune does. */
  maxPayload: number;
  private found: FrameProblem | undefined;
  private readonly frames = new FrameCutter();

  constructor({ maxPayload }: { readonly maxPayload: number }) {
    this.maxPayload = maxPayload;
  }

  /** Why there will be no more frames; undefined as long as there can be. */
  get problem(): FrameProblem | undefined {
    return this.found;
  }

  /** Octets that were read but are in no frame: the incomplete frame; after a problem, the bad frame and the rest of that chunk. */
  get held(): Uint8Array {
    return this.frames.held;
  }

  /** What it waits for. After a problem it still waits for the part in which the problem was found. */
  get callback(): FrameCallback {
    const { held, type, channel, size } = this.frames;
    if (held.length < FRAME_HEADER_LENGTH || this.found?.name === 'frame_too_large') return { name: 'frame_header' };
    return { name: 'frame_payload', type, channel, size };
  }

  /** The frames that `chunk` completes. A payload may be a view of the chunk: copy what must outlive it. */
  read(chunk: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    for (let [frame, rest] = this.next(chunk); frame; [frame, rest] = this.next(rest)) frames.push(frame);
    return frames;
  }

  /** The first frame that `chunk` completes, and what follows it in the chunk. Without a frame, nothing follows. */
  next(chunk: Uint8Array): readonly [frame: Frame | undefined, rest: Uint8Array] {
    const { frames, maxPayload } = this;
    if (this.found || chunk.length === 0) return NO_FRAME;
    frames.read(chunk);
    if (!frames.readHeader()) return NO_FRAME;
    const { type, channel, size } = frames;
    if (size > maxPayload) return this.fail({ name: 'frame_too_large', type, channel, size, maxPayload });
    const payload = frames.takePayload();
    if (payload) return [{ type, channel, payload }, frames.takeRest()];
    return frames.isLost ? this.failAtEnd() : NO_FRAME;
  }

  private failAtEnd(): readonly [undefined, Uint8Array] {
    const { frames } = this;
    frames.holdRest();
    const { held, type, channel, size } = frames;
    const end = FRAME_HEADER_LENGTH + size;
    const payload = held.slice(FRAME_HEADER_LENGTH, end);
    return this.fail({ name: 'invalid_frame_end_marker', type, channel, payload, marker: held[end] as number });
  }

  private fail(problem: FrameProblem): readonly [undefined, Uint8Array] {
    this.found = problem;
    this.frames.holdRest();
    return NO_FRAME;
  }
}
