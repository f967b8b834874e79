import { Duplex } from 'node:stream';
import type { Close } from '../../close.js';
import type { Peer, PeerListener } from './peer.js';

/** What the owner of a peer's stream hears of the peer, and is asked to do. */
export interface PeerStreamOwner {
  /** TCP has ended. After a `fin` the stream ends behind the octets that came before. */
  ended(how: Close): void;
  /** The peer's socket is gone. */
  closed(): void;
  /** All that was written is with the kernel, and the writing side of the stream is over. */
  finished(): void;
}

/**
 * A peer as a Node stream, for TLS to run over. How TCP is closed stays with the peer and the stream's owner, so that a
 * FIN and an RST are told apart, and chosen, below TLS.
 */
export class PeerStream extends Duplex {
  /** Set as the peer's listener while TLS runs over it. */
  readonly hears: PeerListener;
  private readonly peer: Peer;
  private readonly owner: PeerStreamOwner;
  private isHeld = false;
  private isStopped = false;
  private whenTaken: ((error?: Error | null) => void) | undefined;

  constructor(peer: Peer, owner: PeerStreamOwner) {
    super({ allowHalfOpen: true });
    this.peer = peer;
    this.owner = owner;
    this.hears = {
      octets: (octets) => this.accept(octets),
      ended: (how) => {
        owner.ended(how);
        if (how === 'fin' && !this.destroyed) this.push(null);
      },
      drained: () => {
        const taken = this.whenTaken;
        this.whenTaken = undefined;
        taken?.();
      },
      closed: () => {
        this.destroy();
        owner.closed();
      },
    };
  }

  /** Takes no more octets from the peer than those of the read that it is in. */
  hold(): void {
    this.isHeld = true;
  }

  /** Takes octets again after `hold`. */
  release(): void {
    this.isHeld = false;
    this.goOn();
  }

  override _read(): void {
    this.goOn();
  }

  override _write(octets: Buffer, _encoding: BufferEncoding, taken: (error?: Error | null) => void): void {
    if (this.peer.write(octets)) taken();
    else this.whenTaken = taken;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.owner.finished();
    done();
  }

  /** What is still here is not copied: the peer keeps it as it is, because it hears that this was enough. */
  private accept(octets: Uint8Array): boolean {
    // TLS is over: what still comes is nothing that it would read.
    if (this.destroyed) return true;
    this.push(octets);
    this.isStopped = this.isHeld || this.readableLength > 0;
    return !this.isStopped;
  }

  private goOn(): void {
    if (this.isHeld || !this.isStopped) return;
    this.isStopped = false;
    this.peer.resume();
  }
}
