import type { Socket } from 'node:net';
import type { Member } from '../crowd.js';
import { Sweep } from '../sweep.js';

/** How old a connection becomes before its keepalive is set, at most, in ms. */
const INTERVAL = 1_000;

const young = new Sweep<KeepAlive>(INTERVAL, (keepAlive) => keepAlive.set());

/**
 * The TCP keepalive of a socket. It is set within a second and not at once: it needs four system calls, and most connections
 * have ended by then.
 */
export class KeepAlive implements Member {
  place = -1;
  private readonly socket: Socket;
  private readonly idle: number;

  /** @param idle time before the first probe, in ms */
  constructor(socket: Socket, idle: number) {
    this.socket = socket;
    this.idle = idle;
    young.add(this);
  }

  /** The socket is gone. */
  stop(): void {
    young.delete(this);
  }

  /** @returns false: once is enough */
  set(): boolean {
    if (this.socket.connecting) return true;
    this.socket.setKeepAlive(true, this.idle);
    return false;
  }
}
