import { Duplex } from 'node:stream';
import type { Close } from '../../close.js';
import type { Peer, PeerListener } from './peer.js';

/** Receives the events of the peer below a stream, and closes it. */
export interface PeerStreamOwner {
  /** TCP has ended. After a `fin` the stream ends after the octets that arrived before. */
  ended(how: Close): void;
  /** The peer's socket is gone. */
  closed(): void;
  /** Whether octets that are written are dropped. */
  withholds(octets: Uint8Array): boolean;
  /** Everything that was written is with the kernel, and the writing side of the stream has ended. */
  finished(): void;
}

/**
 * A peer as a Node stream, for TLS to run over. The peer and the stream's owner close TCP, so that FIN and RST are
 * distinguished, and chosen, below TLS.
 */
export class PeerStream extends Duplex {
  /** Set as the peer's listener while TLS runs over it. */
  readonly receiver: PeerListener;
  private readonly peer: Peer;
  private readonly owner: PeerStreamOwner;
  private isHeld = false;
  private isStopped = false;
  private whenTaken: ((error?: Error | null) => void) | undefined;

  constructor(peer: Peer, owner: PeerStreamOwner) {
    super({ allowHalfOpen: true });
    this.peer = peer;
    this.owner = owner;
    this.receiver = {
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

  /** Stops reading from the peer after the current read. */
  hold(): void {
    this.isHeld = true;
  }

  /** Resumes reading after `hold`. */
  release(): void {
    this.isHeld = false;
    this.goOn();
  }

  override _read(): void {
    this.goOn();
  }

  override _write(octets: Buffer, _encoding: BufferEncoding, taken: (error?: Error | null) => void): void {
    if (this.owner.withholds(octets) || this.peer.write(octets)) taken();
    else this.whenTaken = taken;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.owner.finished();
    done();
  }

  /** Octets that stay here are not copied: the return value makes the peer keep them valid. */
  private accept(octets: Uint8Array): boolean {
    // TLS has ended and would not read what still arrives.
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
