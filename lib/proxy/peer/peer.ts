import type { Socket } from 'node:net';
import type { Close } from '../../close.js';

/** What the owner of a peer hears of it. */
export interface PeerListener {
  /**
   * Octets have come. They are valid during the call only, unless it returns false.
   *
   * @returns false to hear no more until `resume`; these octets then stay as they are for as long as they are needed
   */
  octets(octets: Uint8Array): boolean;
  /** The peer has closed; no more octets follow. A `fin` can be followed by an `rst`. */
  ended(how: Close): void;
  /** All that was written has been handed to the kernel. */
  drained(): void;
  /** Both directions are over and the socket is gone. Called once, and last. */
  closed(): void;
}

const NO_OCTETS = new Uint8Array(0);

/** How long octets that the peer does not take may hold back the end that was chosen for it, in ms. */
export const LINGER = 2_000;

/**
 * One TCP peer: its octets, how it ended, and the close that we chose for it.
 *
 * `end` of a Node socket is no proof of a FIN: when octets and a reset wait together, libuv reports the reset as the
 * end of the stream. So each kind of peer finds out which of the two it was before it says so.
 */
export abstract class Peer {
  /** The first close that the peer sent to us. */
  sent: Close | null = null;
  /** The first close that we sent to the peer. */
  saw: Close | null = null;
  /** The socket is gone. */
  closed = false;
  /** Octets that came from it; a PROXY header is not counted. */
  received = 0;
  /** Octets that were written to it. */
  written = 0;
  /** Who hears of the peer now; set before its first event, and again when the next step takes the peer over. */
  listener: PeerListener;
  protected readonly socket: Socket;
  /** A reset went one way or the other: there is nobody left to write to. */
  private gone = false;

  /** @param socket made with `allowHalfOpen`, and with a `highWaterMark` of 1: nothing is read ahead of its need */
  constructor(socket: Socket, listener: PeerListener) {
    this.socket = socket;
    this.listener = listener;
    socket.on('end', () => this.onEnd());
    socket.on('drain', () => {
      if (socket.writableLength === 0) this.listener.drained();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.onError(error));
    socket.on('close', () => {
      this.closed = true;
      this.listener.closed();
    });
  }

  /** Finds out how the peer ended, and then calls `hasEnded`. */
  protected abstract onEnd(): void;

  /** Whatever the error of an open socket, the connection is gone, as after a reset. */
  protected onError(_error: NodeJS.ErrnoException): void {
    this.hasEnded('rst');
  }

  protected hasEnded(how: Close): void {
    if (this.gone || (how === 'fin' && this.sent !== null)) return;
    this.gone = how === 'rst';
    this.sent ??= how;
    this.listener.ended(how);
    // There is nothing left to wait for. Node itself may still take the reset for an ordinary end.
    if (this.gone) this.abandon();
  }

  /** @returns whether all of it is on its way; if not, `drained` follows, and more should wait for that */
  write(octets: Uint8Array): boolean {
    if (this.gone || this.saw !== null) return true;
    this.written += octets.length;
    this.socket.write(octets);
    return this.socket.writableLength === 0;
  }

  /** Hears of octets again, after `PeerListener.octets` returned false. */
  resume(): void {
    this.socket.resume();
  }

  /** What was written, then FIN. The peer may go on sending. */
  finish(): void {
    if (this.gone || this.saw !== null) return;
    this.saw = 'fin';
    this.socket.end();
  }

  /** What was written, then RST. What the peer's kernel has not taken by then is lost, as with a broker's own reset. */
  reset(): void {
    if (this.gone) return;
    this.gone = true;
    this.saw ??= 'rst';
    const { socket } = this;
    const resetNow = (): void => {
      socket.resetAndDestroy();
    };
    // While a FIN is on its way libuv refuses to reset, and Node would never close.
    const isFinishing = socket.writableEnded && !socket.writableFinished;
    if (socket.writableLength === 0 && !isFinishing) resetNow();
    else {
      if (isFinishing) socket.once('finish', resetNow);
      else socket.write(NO_OCTETS, resetNow);
      const linger = setTimeout(resetNow, LINGER);
      socket.once('close', () => clearTimeout(linger));
    }
  }

  /**
   * Ends the connection with octets of farewell and the close that was chosen.
   *
   * With `fin`, what the peer still sends is read until the FIN has left, for a close with unread octets is a reset.
   */
  dismiss(farewell: Uint8Array, close: Close): void {
    if (farewell.length > 0) this.write(farewell);
    if (close === 'rst') {
      this.reset();
      return;
    }
    const { socket } = this;
    const abandon = (): void => void setImmediate(() => this.abandon());
    // The FIN of a half-close may have left long ago.
    if (socket.writableFinished) abandon();
    else socket.once('finish', abandon);
    if (socket.writableLength > 0) {
      const linger = setTimeout(() => this.abandon(), LINGER);
      socket.once('close', () => clearTimeout(linger));
    }
    this.finish();
    this.resume();
  }

  /** Both directions at once, FIN and not RST: for a close that must look orderly. What still comes is not read. */
  abandon(): void {
    this.socket.destroy();
  }
}
