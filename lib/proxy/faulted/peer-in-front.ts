import type { Close } from '../../close.js';
import type { PeerListener } from '../peer/peer.js';
import type { ClientPeer } from '../peer/secured-client.js';

/** A peer in front of a client. It has its own listener and end; everything else is that of the client below. */
export abstract class PeerInFront implements ClientPeer {
  listener: PeerListener;
  /** The close that the listener was notified of. */
  sent: Close | null = null;
  protected readonly below: ClientPeer;

  constructor(below: ClientPeer) {
    this.below = below;
    this.listener = below.listener;
  }

  abstract write(octets: Uint8Array): boolean;
  abstract resume(): void;
  abstract finish(): void;
  abstract reset(): void;
  abstract dismiss(farewell: Uint8Array, close: Close): void;

  get saw(): Close | null {
    return this.below.saw;
  }

  get closed(): boolean {
    return this.below.closed;
  }

  get received(): number {
    return this.below.received;
  }

  get written(): number {
    return this.below.written;
  }

  closeDelivered(close: Close): void {
    this.below.closeDelivered(close);
  }

  noticeReset(): void {
    this.below.noticeReset();
  }

  hurry(): void {
    this.below.hurry();
  }

  /** Notifies the listener of the end, once for each way of ending; nothing follows a reset. */
  protected reportEnd(close: Close, afterDelivery?: boolean): void {
    if (this.sent === 'rst' || this.sent === close) return;
    this.sent = close;
    this.listener.ended(close, afterDelivery);
  }
}
