import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Close } from '../../close.js';
import { LINGER } from './linger.js';
import type { Peer, PeerListener } from './peer.js';
import { PeerStream } from './peer-stream.js';
import { LONGEST_DELIVERY } from './when-delivered.js';

/**
 * How long after a close_notify the close of TCP counts as the same close, in ms. A broker sends close_notify and RST in
 * two writes: relayed one by one they would be a FIN and an RST.
 */
const CLOSE_GRACE = 50;

const NO_OCTETS = new Uint8Array(0);

/**
 * A peer inside TLS: like a peer, but its octets are those inside TLS. FIN and RST are those of the socket below. FIN is
 * sent after a close_notify, and a close_notify alone counts as a FIN.
 */
export abstract class SecuredPeer<Below extends Peer = Peer> {
  /** The first close that the peer sent to us. */
  sent: Close | null = null;
  /** The first close that we sent to the peer. */
  saw: Close | null = null;
  /** The socket is gone. */
  closed = false;
  /** Octets that were received from it inside TLS. */
  received = 0;
  /** Octets that were written to it inside TLS. */
  written = 0;
  listener: PeerListener;
  protected readonly below: Below;
  protected readonly tls: TLSSocket;
  protected readonly stream: PeerStream;
  /** TCP ended without a close_notify. */
  protected isTruncated = false;
  /** A reset was sent or received: nothing can be written any more. */
  protected isGone = false;
  private lastWord: Close = 'fin';
  private grace: ReturnType<typeof setTimeout> | undefined;

  get vanished(): boolean {
    return this.below.vanished;
  }

  /** @param secure runs TLS over a stream, with a `highWaterMark` of 1 so that nothing is read ahead */
  constructor(below: Below, listener: PeerListener, secure: (stream: Duplex) => TLSSocket) {
    this.below = below;
    this.listener = listener;
    this.stream = new PeerStream(below, {
      ended: (how) => this.tcpEnded(how),
      closed: () => this.tcpClosed(),
      finished: () => this.finishTcp(),
      withholds: (octets) => this.withholds(octets),
    });
    below.listener = this.stream.receiver;
    this.tls = secure(this.stream);
    this.tls.on('end', () => this.tlsEnded());
    this.tls.on('drain', () => {
      if (this.tls.writableLength === 0) this.listener.drained();
    });
    this.tls.on('error', (error: NodeJS.ErrnoException) => this.failed(error));
    this.tls.on('close', () => this.leave());
  }

  /** Begins to pass octets to the listener, in a later turn. */
  begin(): void {
    this.tls.on('data', (octets: Buffer) => {
      this.received += octets.length;
      if (this.listener.octets(octets)) return;
      this.tls.pause();
      this.stream.hold();
    });
    this.stream.release();
  }

  /** @returns whether everything was handed to the kernel; if not, wait for `drained` before writing more */
  write(octets: Uint8Array): boolean {
    if (this.isGone || this.saw !== null) return true;
    this.written += octets.length;
    this.tls.write(octets);
    return this.tls.writableLength === 0;
  }

  /** Nothing is read until `resume`, except what TLS has decrypted already and the listener is called for now. */
  hold(): void {
    this.tls.pause();
    this.stream.hold();
  }

  /** Reads octets again after `PeerListener.octets` returned false. */
  resume(): void {
    this.tls.resume();
    this.stream.release();
  }

  /** Sends what was written, then close_notify and FIN. The peer may continue to send. */
  finish(): void {
    if (this.isGone || this.saw !== null) return;
    this.saw = 'fin';
    this.tls.end();
  }

  /** Encrypts and sends what was written, unless the peer does not read, then RST without a close_notify: a relayed reset. */
  reset(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.saw ??= 'rst';
    const { tls, below } = this;
    const isFinishing = tls.writableEnded && !tls.writableFinished;
    if (below.isBlocked || (tls.writableLength === 0 && !isFinishing)) {
      below.reset();
      return;
    }
    tls.once(isFinishing ? 'finish' : 'drain', () => below.reset());
    this.resetAtLast();
  }

  /** As `Peer.closeDelivered`: with `fin` after a close_notify, with `rst` without one. */
  closeDelivered(close: Close): void {
    if (this.isGone) return;
    this.saw ??= close;
    this.isGone = true;
    const { tls, below } = this;
    const closeTcp = (): void => below.closeDelivered(close);
    if (close === 'fin') tls.end(closeTcp);
    else if (tls.writableLength === 0) closeTcp();
    else tls.once('drain', closeTcp);
    const linger = setTimeout(() => below.reset(), LONGEST_DELIVERY);
    tls.once('close', () => clearTimeout(linger));
    if (close === 'fin') this.resume();
  }

  /**
   * Ends the connection with farewell octets, a close_notify and the chosen close, as RabbitMQ does. A peer whose FIN had
   * no close_notify gets a FIN without one, whatever was chosen, as from RabbitMQ.
   *
   * @param isTruncated the peer gets a FIN without a close_notify. @defaultValue false
   */
  dismiss(farewell: Uint8Array, close: Close, isTruncated = false): void {
    if (this.isGone || this.saw !== null) return;
    if (this.isTruncated || isTruncated) {
      this.truncate();
      return;
    }
    if (farewell.length > 0) this.write(farewell);
    this.saw = close;
    this.lastWord = close;
    this.isGone = true;
    this.tls.end();
    this.resetAtLast();
    this.resume();
  }

  /** Sends what was written, then a FIN without a close_notify. */
  private truncate(): void {
    this.saw = 'fin';
    this.isGone = true;
    const close = (): void => this.below.dismiss(NO_OCTETS, 'fin');
    if (this.tls.writableLength === 0) close();
    else {
      this.tls.once('drain', close);
      this.resetAtLast();
    }
  }

  /** TLS broke: nothing after that can be trusted. */
  protected failed(_error: NodeJS.ErrnoException): void {
    if (this.isGone) return;
    this.saw ??= 'rst';
    this.hasEnded('rst');
    this.below.reset();
  }

  protected hasEnded(how: Close): void {
    if (this.isGone || (how === 'fin' && this.sent !== null)) return;
    this.isGone = how === 'rst';
    this.sent ??= how;
    this.listener.ended(how);
    this.leave();
  }

  /** Whether octets that TLS writes are dropped. */
  protected withholds(_octets: Uint8Array): boolean {
    return false;
  }

  /** TLS has ended and what it wrote was sent: closes TCP as chosen. */
  protected finishTcp(): void {
    // Only a dismissed peer is gone before its FIN.
    if (this.isGone) this.below.dismiss(NO_OCTETS, this.lastWord);
    else this.below.finish();
  }

  protected tcpClosed(): void {
    clearTimeout(this.grace);
    if (this.tls.readableEnded) this.hasEnded('fin');
    this.closed = true;
    this.tls.destroy();
    this.listener.closed();
  }

  /** A peer that reads nothing must not delay its close indefinitely. */
  protected resetAtLast(): void {
    const linger = setTimeout(() => this.below.reset(), LINGER);
    this.tls.once('close', () => clearTimeout(linger));
  }

  /** When TLS has ended on both sides TCP is no longer needed, but how it ended must be known first. */
  private leave(): void {
    if (this.tls.closed && this.sent !== null && !this.isGone) this.below.abandon();
  }

  private tcpEnded(how: Close): void {
    clearTimeout(this.grace);
    if (how === 'rst') this.hasEnded('rst');
    else if (this.tls.readableEnded) this.hasEnded('fin');
    // Otherwise the end is reported after what is still to be read.
    else this.isTruncated = true;
  }

  /** After a busy turn the timer is due before the close that has arrived meanwhile was read: it is read first. */
  private graceIsOver(): void {
    setImmediate(() => {
      if (!this.closed) this.hasEnded('fin');
    });
  }

  private tlsEnded(): void {
    if (this.below.sent !== null) this.hasEnded(this.below.sent);
    else this.grace = setTimeout(() => this.graceIsOver(), CLOSE_GRACE);
  }
}
