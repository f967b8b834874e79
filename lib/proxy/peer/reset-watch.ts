import type { Socket } from 'node:net';

/** How often a socket that is not read is checked, in ms. */
const INTERVAL = 100;

const NO_OCTETS = new Uint8Array(0);

/**
 * Makes a socket that is not read report a reset, as its `error`, within 100 ms: one that is paused, or whose peer has sent FIN.
 *
 * Node does not poll such a socket. While octets wait to be written to it, their failure shows the reset. Otherwise a
 * write of zero octets does: it sends nothing, and fails after a reset, even if received octets have not been read. After
 * our FIN nothing can be written, so a reset is then reported only when the socket is read.
 */
export class ResetWatch {
  private readonly socket: Socket;
  private isPaused = false;
  private hasEnded = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.once('close', () => clearTimeout(this.timer));
  }

  /** The socket is no longer read. */
  paused(): void {
    this.isPaused = true;
    this.timer ??= setTimeout(this.check, INTERVAL);
  }

  /** The peer has sent FIN, so there is nothing left to read. */
  ended(): void {
    this.hasEnded = true;
    this.paused();
  }

  /** The socket is read again. Its timer is left to expire, because back-pressure may pause a socket very often. */
  resumed(): void {
    this.isPaused = false;
  }

  private readonly check = (): void => {
    this.timer = undefined;
    const { socket } = this;
    if (!(this.isPaused || this.hasEnded) || !socket.writable) return;
    if (socket.writableLength === 0) socket.write(NO_OCTETS);
    this.timer = setTimeout(this.check, INTERVAL);
  };
}
