import type { Socket } from 'node:net';
import { giveOnread } from './onread-of-accepted.js';
import { Peer, type PeerListener } from './peer.js';
import type { Reads } from './reads.js';
import { SharedReads } from './shared-reads.js';
import { StreamReads } from './stream-reads.js';

const NO_OCTETS = new Uint8Array(0);

/** The client: a peer whose socket was accepted. */
export class AcceptedPeer extends Peer {
  protected readonly reads: Reads;

  /** @param socket accepted in this turn of the event loop, so that nothing was read yet */
  constructor(socket: Socket, listener: PeerListener) {
    super(socket, listener);
    const shared = new SharedReads(this);
    shared.socket = socket;
    this.reads = giveOnread(socket, shared.onread) ? shared : new StreamReads(socket, this);
  }

  /**
   * A write of zero octets distinguishes FIN from RST: after a reset it fails, and the failure is reported as an error.
   * If other octets are queued before it, their own failure is reported within a turn instead.
   */
  onEnd(): void {
    const { socket } = this;
    // Nothing was received, so libuv cannot have mistaken a reset. Most of these are health checks.
    if (this.saw !== null || socket.bytesRead === 0) this.hasEnded('fin');
    else if (socket.writableLength > 0) setImmediate(() => this.hasEnded('fin'));
    else {
      socket.write(NO_OCTETS, (error) => {
        if (!error) this.hasEnded('fin');
      });
    }
  }

  /** Finds a reset that has arrived after the octets that were read last. The peer must be held. */
  noticeReset(): void {
    if (this.sent !== null || this.closed) return;
    this.socket.write(NO_OCTETS);
    if (this.socket.errored) this.hasEnded('rst');
  }

  /** Sends small writes at once. Only relayed clients need this system call. */
  hurry(): void {
    this.socket.setNoDelay(true);
  }

  /** Drops a client that was reset before it was accepted. */
  discard(): void {
    this.hasEnded('rst');
    this.abandon();
  }
}
