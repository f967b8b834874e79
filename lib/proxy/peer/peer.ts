import type { Socket } from 'node:net';
import type { Close } from '../../close.js';
import { KeepAlive } from './keep-alive.js';
import { afterLinger } from './linger.js';
import type { Reads } from './reads.js';
import { ResetWatch } from './reset-watch.js';
import { whenDelivered } from './when-delivered.js';

/** Receives the events of a peer. */
export interface PeerListener {
  /**
   * Octets have arrived. They are valid only during the call, unless it returns false.
   *
   * @returns false to get no more until `resume`; these octets then stay valid as long as they are needed
   */
  octets(octets: Uint8Array): boolean;
  /**
   * The peer has closed; no more octets follow. A `fin` can be followed by an `rst`.
   *
   * @param afterDelivery a reset is passed on only when the octets before it have been received. @defaultValue false
   */
  ended(how: Close, afterDelivery?: boolean): void;
  /** Everything that was written has been handed to the kernel. */
  drained(): void;
  /** Both directions have ended and the socket is gone. Called once, and last. */
  closed(): void;
}

const NO_OCTETS = new Uint8Array(0);

/** Errors of a connection that the kernel gave up: keepalive probes or retransmissions were not answered. */
const UNANSWERED: ReadonlySet<string | undefined> = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Where a socket keeps its peer: four functions for all sockets instead of four for each take half the memory. */
const PEER = Symbol('peer');

type PeerSocket = Socket & { [PEER]: Peer };

function onEnd(this: Socket): void {
  (this as PeerSocket)[PEER].onEnd();
}

function onDrain(this: Socket): void {
  if (this.writableLength === 0) (this as PeerSocket)[PEER].listener.drained();
}

function onError(this: Socket, error: NodeJS.ErrnoException): void {
  (this as PeerSocket)[PEER].onError(error);
}

function onClose(this: Socket): void {
  (this as PeerSocket)[PEER].onClose();
}

/**
 * One TCP peer: its octets, how it ended, and the close that the proxy chose for it.
 *
 * The `end` event of a Node socket does not prove a FIN: when octets and a reset arrive together, libuv reports the reset
 * as the end of the stream. So each kind of peer finds out which of the two it was before it reports the end.
 */
export abstract class Peer {
  /** The first close that the peer sent to us. */
  sent: Close | null = null;
  /** The first close that we sent to the peer. */
  saw: Close | null = null;
  /** The peer no longer answered, and the kernel gave the connection up. It then counts as reset, although no RST was received. */
  vanished = false;
  /** The socket is gone. */
  closed = false;
  /** Octets that were received from it, without a PROXY header. */
  received = 0;
  /** Octets that were written to it. */
  written = 0;
  /** Set before the first event, and again by each step that takes the peer over. */
  listener: PeerListener;
  protected readonly socket: Socket;
  protected abstract readonly reads: Reads;
  private resetWatch: ResetWatch | undefined;
  private aliveness: KeepAlive | undefined;
  /** A reset was sent or received: nothing can be written any more. */
  private gone = false;

  /** @param socket with `allowHalfOpen`, and with a `highWaterMark` of 1 so that nothing is read ahead */
  constructor(socket: Socket, listener: PeerListener) {
    (socket as PeerSocket)[PEER] = this;
    this.socket = socket;
    this.listener = listener;
    socket.on('end', onEnd);
    socket.on('drain', onDrain);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  /** Finds out when the peer vanishes. @param idle time before the first probe, in ms; 0: no keepalive */
  keepAlive(idle: number): void {
    if (idle > 0) this.aliveness ??= new KeepAlive(this.socket, idle);
  }

  /** Octets were read. @returns whether to read on; if not, the octets stay valid, and `resume` continues */
  take(octets: Uint8Array): boolean {
    this.received += octets.length;
    const goOn = this.listener.octets(octets);
    if (!goOn) this.watch.paused();
    return goOn;
  }

  private get watch(): ResetWatch {
    this.resetWatch ??= new ResetWatch(this.socket);
    return this.resetWatch;
  }

  /** Finds out whether the peer sent FIN or RST, and then calls `hasEnded`. */
  abstract onEnd(): void;

  onClose(): void {
    this.closed = true;
    this.resetWatch?.stop();
    this.aliveness?.stop();
    this.listener.closed();
  }

  /** After any error of an open socket the connection is gone, as after a reset. */
  onError(error: NodeJS.ErrnoException): void {
    if (!this.gone) this.vanished = UNANSWERED.has(error.code);
    this.hasEnded('rst');
  }

  protected hasEnded(how: Close): void {
    if (this.gone || (how === 'fin' && this.sent !== null)) return;
    this.gone = how === 'rst';
    this.sent ??= how;
    if (how === 'fin') this.watch.ended();
    this.listener.ended(how);
    // There is nothing left to wait for, and Node itself may still take the reset for an ordinary end.
    if (this.gone) this.abandon();
  }

  /** @returns whether everything was handed to the kernel; if not, wait for `drained` before writing more */
  write(octets: Uint8Array): boolean {
    if (this.gone || this.saw !== null) return true;
    this.written += octets.length;
    this.socket.write(octets);
    return this.socket.writableLength === 0;
  }

  /** Reads octets again after `PeerListener.octets` returned false. */
  resume(): void {
    this.resetWatch?.resumed();
    this.reads.resume();
  }

  /** Nothing is read until `resume`, except a FIN that no octets precede. A reset is reported nevertheless. */
  hold(): void {
    this.reads.hold();
    this.watch.paused();
  }

  /** Sends what was written, then FIN. The peer may continue to send. */
  finish(): void {
    if (this.gone || this.saw !== null) return;
    this.saw = 'fin';
    this.socket.end();
    this.reads.readOneByOne();
  }

  /** Octets wait because the peer does not read. */
  get isBlocked(): boolean {
    return this.socket.writableLength > 0;
  }

  /** Sends RST at once. What the peer's kernel has not received by then is lost, as with any reset. */
  reset(): void {
    this.resetAtOnce();
  }

  private resetAtOnce(): void {
    if (this.gone) return;
    this.gone = true;
    this.saw ??= 'rst';
    this.resetNow();
  }

  private resetNow(): void {
    const { socket } = this;
    // While a FIN is being sent libuv refuses to reset, and the socket would never close. It is sent after what waits, or as
    // soon as a dial is answered.
    const isFinishing = socket.writableEnded && !socket.writableFinished && (!this.isBlocked || socket.connecting);
    if (isFinishing) socket.once('finish', () => socket.resetAndDestroy());
    else socket.resetAndDestroy();
  }

  /** Sends what was written, if the peer reads it in time, then RST. */
  protected resetAfterOctets(): void {
    const { socket } = this;
    if (this.gone || !this.isBlocked || socket.writableEnded) {
      this.resetAtOnce();
      return;
    }
    this.gone = true;
    this.saw ??= 'rst';
    const resetNow = (): void => this.resetNow();
    socket.write(NO_OCTETS, resetNow);
    afterLinger(socket, resetNow);
  }

  /**
   * Ends the connection with farewell octets and the chosen close.
   *
   * With `fin`, what the peer still sends is read until the FIN has been sent, because closing with unread octets resets.
   */
  dismiss(farewell: Uint8Array, close: Close): void {
    if (farewell.length > 0) this.write(farewell);
    if (close === 'rst') {
      this.resetAfterOctets();
      return;
    }
    const { socket } = this;
    const abandon = (): void => void setImmediate(() => this.abandon());
    // The FIN of a half-close may have been sent long ago.
    if (socket.writableFinished) abandon();
    else socket.once('finish', abandon);
    if (socket.writableLength > 0) afterLinger(socket, () => this.abandon());
    this.finish();
    this.resume();
  }

  /**
   * Closes when the peer's kernel has received everything that was written, or after 10 s. With `fin`, what the peer still sends
   * is read for a while, so that it sees no reset.
   */
  closeDelivered(close: Close): void {
    if (this.gone) return;
    const { socket } = this;
    if (close === 'rst') {
      this.gone = true;
      this.saw ??= 'rst';
      whenDelivered(socket, () => this.resetNow());
      return;
    }
    this.finish();
    this.resume();
    whenDelivered(socket, () => afterLinger(socket, () => this.abandon()));
  }

  /** Closes both directions at once with FIN. What still arrives is not read. */
  abandon(): void {
    this.socket.destroy();
  }
}
