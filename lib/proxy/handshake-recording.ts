import { MAX_OPENING_PAYLOAD } from '../amqp/frame.js';
import type { Side } from '../faults/handshake/fault-actions.js';

/** The maximum length of a recording, in octets. A handshake usually takes some hundred; this is room for its longest frame. */
const MAX_LENGTH = 2 * MAX_OPENING_PAYLOAD;

/**
 * The octets of a handshake so far. They are recorded while a connection is being opened, because a fault that is added
 * meanwhile must know as much about the connection as about a new one.
 */
export class HandshakeRecording {
  readonly passed: { readonly from: Side; readonly octets: Uint8Array }[] = [];
  /** The handshake was longer than a recording may be, and nothing was kept. */
  isTooLong = false;
  private length = 0;

  add(from: Side, octets: Uint8Array): void {
    if (this.isTooLong) return;
    this.length += octets.length;
    if (this.length > MAX_LENGTH) {
      this.isTooLong = true;
      this.passed.length = 0;
    } else this.passed.push({ from, octets: Buffer.from(octets) });
  }
}
