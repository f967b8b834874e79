import type { Socket } from 'node:net';
import type { Reader, Reads } from './reads.js';

/** Reads a socket as any Node stream is read: where an accepted socket cannot have `onread`. */
export class StreamReads implements Reads {
  private readonly socket: Socket;
  private readonly reader: Reader;
  private isFlowing = true;
  private isOneByOne = false;

  constructor(socket: Socket, reader: Reader) {
    this.socket = socket;
    this.reader = reader;
    socket.on('data', this.onData);
  }

  hold(): void {
    this.isFlowing = false;
    this.socket.pause();
  }

  resume(): void {
    this.isFlowing = true;
    if (this.isOneByOne) setImmediate(() => this.pull());
    else this.socket.resume();
  }

  /** Reading one chunk at a time costs system calls, so it is done only here. */
  readOneByOne(): void {
    this.isOneByOne = true;
    this.socket.removeListener('data', this.onData);
    // Not at once: libuv is still inside the read that triggered this, and resuming would restart it.
    this.socket.on('readable', () => setImmediate(() => this.pull()));
  }

  private readonly onData = (chunk: Buffer): void => {
    if (!this.reader.take(chunk)) this.hold();
  };

  private pull(): void {
    while (this.isFlowing) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk === null) return;
      this.isFlowing = this.reader.take(chunk);
    }
  }
}
