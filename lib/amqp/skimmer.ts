import { FRAME_END, FRAME_HEADER_LENGTH, FRAME_TYPE } from './frame.js';

/** The largest frame that is looked into: no Connection method after Open-Ok is longer, but for a new secret. */
const FRAME_MAX = 4096;

/**
 * Passes over frames and picks out the methods of channel 0: those of class Connection. It runs over every octet of a
 * busy connection: it makes nothing, copies only what is cut, and looks only at frame headers and frame ends.
 */
export class Skimmer {
  /** The frame boundary was lost: the octets are no frames. It looks no more then. */
  isLost = false;
  /** Of the last frame that began. */
  channel = 0;
  /** Octets of the frame that are still to be passed over, its end included. */
  private left = 0;
  /** A frame header that was cut on its way, or the beginning of a frame that is picked out. Made when it is needed. */
  private storage = new Uint8Array();
  private held = 0;
  private readonly picked: (payload: Uint8Array) => void;

  /** @param picked called with the payload of each method; it is valid during the call only */
  constructor(picked: (payload: Uint8Array) => void) {
    this.picked = picked;
  }

  /** Octets of a frame that leave whoever reads them first as far from the next frame as this one is. */
  get underWay(): Uint8Array {
    if (this.left === 0 && this.held < FRAME_HEADER_LENGTH) return this.storage.slice(0, this.held);
    const left = this.left > 0 ? this.left : this.lengthAt(this.storage, 0) - this.held;
    const head = new Uint8Array(FRAME_HEADER_LENGTH);
    head[0] = FRAME_TYPE.method;
    // What is left has the frame's end with it.
    new DataView(head.buffer).setUint32(3, left - 1);
    return head;
  }

  push(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.length && !this.isLost) {
      if (this.left > 0) at = this.passOver(octets, at);
      else if (this.held === 0 && octets.length - at >= FRAME_HEADER_LENGTH) at = this.begin(octets, at);
      else at = this.hold(octets, at);
    }
  }

  private passOver(octets: Uint8Array, at: number): number {
    const count = Math.min(this.left, octets.length - at);
    this.left -= count;
    if (this.left === 0 && octets[at + count - 1] !== FRAME_END) this.isLost = true;
    return at + count;
  }

  /** A frame whose header is there as a whole. */
  private begin(octets: Uint8Array, at: number): number {
    const length = this.lengthAt(octets, at);
    if (this.isPassedOver(octets, at, length)) {
      this.left = length - FRAME_HEADER_LENGTH;
      return at + FRAME_HEADER_LENGTH;
    }
    if (octets.length - at < length) return this.hold(octets, at);
    this.pick(octets.subarray(at, at + length));
    return at + length;
  }

  /** Takes octets until the header is there, and then, if the frame is one to pick out, until that is. */
  private hold(octets: Uint8Array, at: number): number {
    const wanted = this.held < FRAME_HEADER_LENGTH ? FRAME_HEADER_LENGTH : this.lengthAt(this.storage, 0);
    const taken = octets.subarray(at, at + wanted - this.held);
    if (this.storage.length < wanted) {
      const grown = new Uint8Array(wanted);
      grown.set(this.storage.subarray(0, this.held));
      this.storage = grown;
    }
    this.storage.set(taken, this.held);
    this.held += taken.length;
    if (this.held === FRAME_HEADER_LENGTH) {
      const length = this.lengthAt(this.storage, 0);
      if (this.isPassedOver(this.storage, 0, length)) {
        this.left = length - FRAME_HEADER_LENGTH;
        this.held = 0;
      }
    } else if (this.held === wanted) {
      this.held = 0;
      this.pick(this.storage.subarray(0, wanted));
    }
    return at + taken.length;
  }

  private isPassedOver(octets: Uint8Array, at: number, length: number): boolean {
    this.channel = (octets[at + 1] as number) * 256 + (octets[at + 2] as number);
    return octets[at] !== FRAME_TYPE.method || this.channel !== 0 || length > FRAME_MAX;
  }

  private pick(frame: Uint8Array): void {
    if (frame.at(-1) === FRAME_END) this.picked(frame.subarray(FRAME_HEADER_LENGTH, -1));
    else this.isLost = true;
  }

  private lengthAt(octets: Uint8Array, at: number): number {
    const [a, b, c, d] = [octets[at + 3], octets[at + 4], octets[at + 5], octets[at + 6]] as [
      number,
      number,
      number,
      number,
    ];
    return FRAME_HEADER_LENGTH + a * 0x1000000 + b * 0x10000 + c * 0x100 + d + 1;
  }
}
