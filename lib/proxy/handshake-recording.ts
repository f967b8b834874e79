import type { Side } from '../faults/handshake/fault-actions.js';

/** A handshake is some hundred octets long; what is much longer is none. */
const MOST = 64 * 1024;

/**
 * What passed while a connection was opened. Connections of a proxy that has had no faults keep it, so that a fault which
 * is added later knows as much of them as of others.
 */
export class HandshakeRecording {
  readonly passed: { readonly from: Side; readonly octets: Uint8Array }[] = [];
  private length = 0;
  private isOver = false;

  /** More passed than it could keep. */
  isTorn = false;

  add(from: Side, octets: Uint8Array): void {
    if (this.isOver) return;
    this.length += octets.length;
    if (this.length > MOST) {
      this.isTorn = true;
      this.passed.length = 0;
      this.stop();
    } else this.passed.push({ from, octets: new Uint8Array(octets) });
  }

  /** The connection is open. */
  stop(): void {
    this.isOver = true;
  }
}
