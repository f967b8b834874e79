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
    if (!this.listener.octets(chunk)) this.hold();
  };

  /**
   * A write of zero octets distinguishes FIN from RST: after a reset it fails, and the failure is reported as an error.
   * If other octets are queued before it, their own failure is reported within a turn instead.
   */
  protected onEnd(): void {
    const { socket } = this;
    this.isEnding = true;
    // Nothing was received, so libuv cannot have mistaken a reset. Most of these are health checks.
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
   * Waits until a close that arrived together with octets is known and is in `sent`. The peer must be paused: its listener
   * returned false.
   */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      // By the end of this turn the socket has read everything there was.
      setImmediate(() => {
        // A paused socket reports its end only when it is read.
        this.socket.read(0);
        // Since Node 24 it does not read on by itself, so the event after the octets is known a turn later.
        setImmediate(() => {
          if (this.isEnding && this.sent === null) this.whenEnded = resolve;
          else resolve();
        });
      });
    });
  }

  /** Sends small writes at once. Only relayed clients need this system call. */
  hurry(): void {
    this.socket.setNoDelay(true);
  }

  /** @param idle time before the first keepalive probe, in ms; 0: no keepalive */
  keepAlive(idle: number): void {
    if (idle > 0) this.socket.setKeepAlive(true, idle);
  }

  /** Reads nothing until `resume`, not even a FIN. */
  hold(): void {
    this.flowing = false;
    this.socket.pause();
    this.paused();
  }

  override resume(): void {
    this.flowing = true;
    if (this.saw === 'fin') setImmediate(() => this.pull());
    else super.resume();
  }

  /**
   * After our FIN no write can show how the client ends. Reading one chunk at a time can: reading stops after each chunk,
   * and a reset that follows it is then reported as an error. It costs system calls, so it is done only here.
   */
  override finish(): void {
    super.finish();
    if (this.saw !== 'fin') return;
    this.socket.removeListener('data', this.onData);
    // Not at once: libuv is still inside the read that triggered this, and resuming would restart it.
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

  /** Drops a client that was reset before it was accepted. */
  discard(): void {
    this.hasEnded('rst');
    this.abandon();
  }
}
