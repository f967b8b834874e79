import type { Side } from '../faults/handshake/fault-actions.js';

/** The maximum length of a recording, in octets. A handshake takes some hundred. */
const MAX_LENGTH = 64 * 1024;

/**
 * The octets of a handshake. A proxy without faults records each connection's, so that a fault that is added later knows
 * as much about the connection as about a new one.
 */
export class HandshakeRecording {
  readonly passed: { readonly from: Side; readonly octets: Uint8Array }[] = [];
  /** The handshake was longer than a recording may be, and nothing was kept. */
  isTooLong = false;
  private length = 0;
  private isStopped = false;

  add(from: Side, octets: Uint8Array): void {
    if (this.isStopped) return;
    this.length += octets.length;
    if (this.length > MAX_LENGTH) {
      this.isTooLong = true;
      this.passed.length = 0;
      this.stop();
    } else this.passed.push({ from, octets: new Uint8Array(octets) });
  }

  /** The handshake is complete: what passes now is not recorded. */
  stop(): void {
    this.isStopped = true;
  }
}
