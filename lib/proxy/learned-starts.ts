import { isAmqp10, type Quad } from '../amqp/header.js';
import { standInStart } from '../amqp/stand-in-start.js';
import type { HandshakeRecording } from './handshake-recording.js';

/** Where the size of a frame is, and the octets of the frame that it does not count: in AMQP 0-9-1, and in 1.0 after the protocol header. */
const FRAME = { '0-9-1': { sizeAt: 3, more: 8 }, '1.0': { sizeAt: 8, more: 8 } } as const;

/**
 * What the broker answers to good protocol headers: Connection.Start, or the protocol header and SASL mechanisms of AMQP 1.0.
 * Each is kept as the broker sent it last.
 */
export class LearnedStarts {
  private readonly starts = new Map<string, Uint8Array>();

  has(quad: Quad): boolean {
    return this.starts.has(quad.join());
  }

  /** @param passed the handshake of a connection so far, which contains the broker's answer */
  learn(quad: Quad, passed: HandshakeRecording['passed']): void {
    const octets = Buffer.concat(passed.flatMap(({ from, octets }) => (from === 'upstream' ? [octets] : [])));
    const { sizeAt, more } = FRAME[isAmqp10(quad) ? '1.0' : '0-9-1'];
    if (octets.length < sizeAt + 4) return;
    // A client that does not wait for Start may already have been sent more.
    const length = octets.readUInt32BE(sizeAt) + more;
    if (octets.length >= length) this.starts.set(quad.join(), octets.subarray(0, length));
  }

  /** What the broker answers. If it has not been learned yet, what the stand-in would answer. */
  of(quad: Quad): Uint8Array {
    return this.starts.get(quad.join()) ?? standInStart(quad);
  }
}
