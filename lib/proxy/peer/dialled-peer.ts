import { connect, type NetConnectOpts } from 'node:net';
import type { Close } from '../../close.js';
import { Peer, type PeerListener } from './peer.js';

/** Receives the events of a dialed peer. */
export interface DialledPeerListener extends PeerListener {
  connected(): void;
  /** The peer could not be reached. `code` is the operating system's, for example ECONNREFUSED. `closed` follows. */
  unreachable(code: string): void;
}

/** More than one read on the loopback interface returns; a larger buffer gained nothing. */
const READ_SIZE = 64 * 1024;

/** One read buffer for all dialed peers: each read is copied out of it before the next one can happen. */
const readBuffer = Buffer.allocUnsafe(READ_SIZE);

/**
 * Where each read is copied to before it is relayed. The chunk is reused if the kernel accepted all of it at once. A chunk
 * that still waits to be written must not change, so it is replaced by a new one.
 */
let chunk = Buffer.allocUnsafe(READ_SIZE);

/** The upstream: a peer that the proxy dials. Octets can be written at once; they are sent when it is connected. */
export class DialledPeer extends Peer {
  private readonly dialled: DialledPeerListener;
  private isConnected = false;

  constructor(address: { readonly host: string; readonly port: number }, listener: DialledPeerListener) {
    const options: NetConnectOpts & { readonly highWaterMark: number } = {
      ...address,
      allowHalfOpen: true,
      noDelay: true,
      highWaterMark: 1,
      // A fixed buffer creates no garbage. It is the only public option that made reading faster.
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
    if (!goOn) {
      chunk = Buffer.allocUnsafe(READ_SIZE);
      this.paused();
    }
    if (!goOn || this.saw === null) return goOn;
    // See onEnd: reading stops after each chunk, so that a reset that follows it is reported as an error.
    setImmediate(() => this.resume());
    return false;
  }

  /**
   * After a reset the socket has no peer address. This works only if the address was not read before, because Node
   * caches the answer, and only as long as no FIN was sent, because a socket that both sides closed has no peer either.
   */
  protected onEnd(): void {
    this.hasEnded(this.saw === null && this.socket.remoteAddress === undefined ? 'rst' : 'fin');
  }

  protected override onError(error: NodeJS.ErrnoException): void {
    if (this.isConnected) super.onError(error);
    else this.dialled.unreachable(error.code ?? error.message);
  }

  /** A dial that has not been answered is abandoned: there is no connection to reset yet. */
  override reset(): void {
    if (this.isConnected) super.reset();
    else this.abandon();
  }

  override dismiss(farewell: Uint8Array, close: Close): void {
    if (this.isConnected) super.dismiss(farewell, close);
    else this.abandon();
  }

  /** Abandons a dial that has not been answered, and reports why. */
  giveUp(code: string): void {
    if (this.isConnected) return;
    this.dialled.unreachable(code);
    this.abandon();
  }
}
