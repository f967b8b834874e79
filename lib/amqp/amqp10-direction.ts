import {
  type Amqp10Frame,
  type Amqp10FrameHeader,
  Amqp10FrameReader,
  type Amqp10Layer,
  type HeaderVerdict,
} from './amqp10-frame.js';
import type { HandshakeCallback } from './handshake-callback.js';
import { HEADER_LENGTH, quadOf } from './header.js';
import { appendHeader } from './header-octets.js';

const NOTHING: Uint8Array = new Uint8Array();

/** What the receiver of one direction of an AMQP 1.0 connection does with its parts. */
type Receiver = {
  readonly judgeHeader: (header: Amqp10FrameHeader) => HeaderVerdict;
  readonly frame: (frame: Amqp10Frame) => void;
  /** Takes a protocol header after SASL, and returns the layer of the frames that may follow it. */
  readonly secondHeader: (octets: Uint8Array) => Amqp10Layer | null;
};

/** One direction of an AMQP 1.0 connection: SASL frames, a second protocol header, and AMQP frames. */
export class Amqp10Direction {
  readonly frames: Amqp10FrameReader;
  /** What comes next. */
  expected: Amqp10Layer | 'header';
  private header = NOTHING;
  private readonly receiver: Receiver;

  constructor(layer: Amqp10Layer, receiver: Receiver) {
    this.expected = layer;
    this.frames = new Amqp10FrameReader(layer, receiver.judgeHeader);
    this.receiver = receiver;
  }

  read(octets: Uint8Array): void {
    let rest = octets;
    while (rest.length > 0) {
      if (this.expected === 'header') {
        rest = this.takeHeader(rest);
        continue;
      }
      const [frame, others] = this.frames.next(rest);
      rest = others;
      if (frame) this.receiver.frame(frame);
    }
  }

  /** What its receiver waits for. */
  get callback(): HandshakeCallback {
    const { expected, frames } = this;
    if (expected === 'header') return { name: 'handshake' };
    if (frames.inside === null) return { name: 'amqp10_header', layer: frames.layer };
    const { dataOffset, channel } = frames.inside;
    return { name: 'amqp10_body', layer: frames.layer, dataOffset, channel };
  }

  private takeHeader(octets: Uint8Array): Uint8Array {
    const missing = HEADER_LENGTH - this.header.length;
    this.header = appendHeader(this.header, octets);
    if (this.header.length < HEADER_LENGTH) return NOTHING;
    const layer = this.receiver.secondHeader(this.header);
    this.header = NOTHING;
    this.expected = layer ?? 'amqp';
    this.frames.layer = this.expected;
    if (layer !== null) return octets.subarray(missing);
    this.frames.isLost = true;
    return NOTHING;
  }
}

/** The layer that a protocol header after SASL starts; null if it starts none. Only 3.x starts SASL again. */
export function layerOf(header: Uint8Array): Amqp10Layer | null {
  const quad = quadOf(header)?.join();
  if (quad === '3,1,0,0') return 'sasl';
  return quad === '0,1,0,0' ? 'amqp' : null;
}
