import type { Socket } from 'node:net';
import type { Member } from '../crowd.js';
import { Sweep } from '../sweep.js';

/** How often a socket that is not read is checked, in ms. */
const INTERVAL = 100;

const NO_OCTETS = new Uint8Array(0);

const watches = new Sweep<ResetWatch>(INTERVAL, (watch) => watch.check());

/**
 * Makes a socket that is not read report a reset, as its `error`, within 100 ms: one that is paused, or whose peer has sent FIN.
 *
 * Node does not poll such a socket. While octets wait to be written to it, their failure shows the reset. Otherwise a
 * write of zero octets does: it sends nothing, and fails after a reset, even if received octets have not been read. After
 * our FIN nothing can be written, so a reset is then reported only when the socket is read.
 */
export class ResetWatch implements Member {
  place = -1;
  private readonly socket: Socket;
  private isPaused = false;
  private hasEnded = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** The socket is no longer read. */
  paused(): void {
    this.isPaused = true;
    watches.add(this);
  }

  /** The peer has sent FIN, so there is nothing left to read. */
  ended(): void {
    this.hasEnded = true;
    watches.add(this);
  }

  /** The socket is read again. It is left in the sweep, because back-pressure may pause a socket very often. */
  resumed(): void {
    this.isPaused = false;
  }

  /** The socket is gone. */
  stop(): void {
    watches.delete(this);
  }

  /** @returns whether to check again */
  check(): boolean {
    const { socket } = this;
    if (!(this.isPaused || this.hasEnded) || !socket.writable) return false;
    if (socket.writableLength === 0) socket.write(NO_OCTETS);
    return true;
  }
}
