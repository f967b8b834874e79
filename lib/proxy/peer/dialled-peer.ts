import { connect, type NetConnectOpts } from 'node:net';
import type { Close } from '../../close.js';
import { Peer, type PeerListener } from './peer.js';

/** What the owner of a dialled peer hears besides. */
export interface DialledPeerListener extends PeerListener {
  connected(): void;
  /** It could not be reached; `code` is the operating system's, for example ECONNREFUSED. `closed` follows. */
  unreachable(code: string): void;
}

/** More than a loopback read brings at once; a larger one gained nothing. */
const READ_SIZE = 64 * 1024;

/** One read buffer for all dialled peers: each read is copied out of it before the next one can happen. */
const readBuffer = Buffer.allocUnsafe(READ_SIZE);

/**
 * Where a read is copied to, to be written on. A chunk is used again as long as the kernel took all of it at once;
 * one that is still waiting to be written must stay as it is, and a new one takes its place.
 */
let chunk = Buffer.allocUnsafe(READ_SIZE);

/** The upstream: a peer that we dial. Octets can be written at once; they leave when the connection is there. */
export class DialledPeer extends Peer {
  private readonly dialled: DialledPeerListener;
  private isConnected = false;

  constructor(address: { readonly host: string; readonly port: number }, listener: DialledPeerListener) {
    const options: NetConnectOpts & { readonly highWaterMark: number } = {
      ...address,
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: 1,
      // Octets in a fixed buffer make no garbage; it is the one public lever that pays.
      onread: { buffer: readBuffer, callback: (count) => this.onRead(count) },
    };
    const socket = connect(options);
    super(socket, listener);
    this.dialled = listener;
    socket.once('connect', () => {
      this.isConnected = true;
      listener.connected();
    });
  }

  private onRead(count: number): boolean {
    this.received += count;
    readBuffer.copy(chunk, 0, 0, count);
    const goOn = this.listener.octets(chunk.subarray(0, count));
    if (!goOn) chunk = Buffer.allocUnsafe(READ_SIZE);
    if (!goOn || this.saw === null) return goOn;
    // See onEnd: reading stops after each chunk, so that a reset behind it is reported as the error it is.
    setImmediate(() => this.resume());
    return false;
  }

  /**
   * After a reset the socket has no peer any more. It tells only if nobody asked before, for Node keeps the answer; and
   * only as long as we have not sent FIN, for when both sides have, there is no peer either.
   */
  protected onEnd(): void {
    this.hasEnded(this.saw === null && this.socket.remoteAddress === undefined ? 'rst' : 'fin');
  }

  protected override onError(error: NodeJS.ErrnoException): void {
    if (this.isConnected) super.onError(error);
    else this.dialled.unreachable(error.code ?? error.message);
  }

  /** A dial that has not been answered is given up: there is nobody to reset yet. */
  override reset(): void {
    if (this.isConnected) super.reset();
    else this.abandon();
  }

  override dismiss(farewell: Uint8Array, close: Close): void {
    if (this.isConnected) super.dismiss(farewell, close);
    else this.abandon();
  }

  /** Gives up a dial that has not been answered, and says why. */
  giveUp(code: string): void {
    if (this.isConnected) return;
    this.dialled.unreachable(code);
    this.abandon();
  }
}
