import type { Socket } from 'node:net';
import type { Close } from '../../close.js';
import { Peer, type PeerListener } from './peer.js';

const NO_OCTETS = new Uint8Array(0);

/** The client: a peer whose socket was accepted. */
export class AcceptedPeer extends Peer {
  private flowing = true;
  private isEnding = false;
  private whenEnded: (() => void) | undefined;

  constructor(socket: Socket, listener: PeerListener) {
    super(socket, listener);
    socket.on('data', this.onData);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.received += chunk.length;
    if (this.listener.octets(chunk)) return;
    this.flowing = false;
    this.socket.pause();
  };

  /**
   * A write of no octets tells a FIN from an RST: after a reset it fails, and the failure is reported as an error.
   * One that would wait behind other octets tells nothing; but then their own failure does, within a turn.
   */
  protected onEnd(): void {
    const { socket } = this;
    this.isEnding = true;
    // Nothing came that a reset could have hidden behind; most of these are health checks.
    if (this.saw !== null || socket.bytesRead === 0) this.hasEnded('fin');
    else if (socket.writableLength > 0) setImmediate(() => this.hasEnded('fin'));
    else {
      socket.write(NO_OCTETS, (error) => {
        if (!error) this.hasEnded('fin');
      });
    }
  }

  protected override hasEnded(how: Close): void {
    super.hasEnded(how);
    this.whenEnded?.();
  }

  /**
   * Waits until a close that came together with octets is known; `sent` then tells it. The peer must be paused: its
   * listener returned false.
   */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      // By the end of this turn the socket has read all there was to read.
      setImmediate(() => {
        // A paused socket says that it ended only when it is asked.
        this.socket.read(0);
        // From Node 24 on it does not read on by itself: what is behind the octets is known a turn later.
        setImmediate(() => {
          if (this.isEnding && this.sent === null) this.whenEnded = resolve;
          else resolve();
        });
      });
    });
  }

  /** Small writes leave at once. Not done for each client, since it is a system call that a refused one does not need. */
  hurry(): void {
    this.socket.setNoDelay(true);
  }

  /** Hears of nothing until `resume`, not even of its end. */
  hold(): void {
    this.flowing = false;
    this.socket.pause();
  }

  override resume(): void {
    this.flowing = true;
    if (this.saw === 'fin') setImmediate(() => this.pull());
    else super.resume();
  }

  /**
   * After our FIN no write can tell how the client ends. Reading one chunk at a time does: reading stops after each,
   * and a reset that waits behind it is then reported as the error it is. It costs system calls, hence only here.
   */
  override finish(): void {
    super.finish();
    if (this.saw !== 'fin') return;
    this.socket.removeListener('data', this.onData);
    // Not at once: libuv still holds the read that this comes from, and reading on would undo that it stopped.
    this.socket.on('readable', () => setImmediate(() => this.pull()));
  }

  private pull(): void {
    while (this.flowing) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk === null) return;
      this.received += chunk.length;
      this.flowing = this.listener.octets(chunk);
    }
  }

  /** Drops a client whose reset was there before it was accepted. */
  discard(): void {
    this.hasEnded('rst');
    this.abandon();
  }
}
