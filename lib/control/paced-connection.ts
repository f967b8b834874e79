import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The end of a request that has no body, and of a body in chunks. */
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** Called when a connection begins and ceases to do something. */
export type PaceListener = {
  /** It waits for a request, or works on one. */
  readonly idle: (connection: PacedConnection, isIdle: boolean) => void;
  /** `octets` in memory wait for the client to read, or to complete its request. */
  readonly holds: (connection: PacedConnection, octets: number) => void;
};

/**
 * A client's connection to an HTTP server, which receives one request at a time: the next one when the kernel has taken the
 * answer to the one before. By itself, Node.js parses and handles every request that it has read, and keeps all answers.
 *
 * Pass it to the server's listener for `connection`, and call `begin` for each of its requests.
 */
export class PacedConnection extends Duplex {
  private readonly socket: Socket;
  private readonly listener: PaceListener;
  /** Octets that the parser has not been given yet. */
  private unread: Buffer | null = null;
  private hasEnded = false;
  /** Whether the parser can take more. */
  private isHungry = false;
  private request: IncomingMessage | undefined;
  /** Octets of the request's body that the parser has not been given yet, if the client has declared its length. */
  private bodyLeft = 0;
  /** Octets of a request that is not complete. */
  private received = 0;
  /** What was last reported to the listener. */
  private known = 0;

  /** @param quiet time in ms after which a connection is closed if it waits for a request, or if its client takes nothing of an answer */
  constructor(socket: Socket, quiet: number, listener: PaceListener) {
    // One octet, so that nothing is read ahead of the request in work.
    super({ readableHighWaterMark: 1, decodeStrings: false });
    this.socket = socket;
    this.listener = listener;
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => {
      this.hasEnded = true;
      this.feed();
    });
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
    socket.setTimeout(quiet, () => this.quiet());
    listener.idle(this, true);
  }

  /** Notes that a request has been parsed, whose answer is `response`. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.request = request;
    this.bodyLeft = Number(request.headers['content-length'] ?? 0);
    this.listener.idle(this, false);
    response.once('close', () => {
      if (this.request !== request) return;
      this.request = undefined;
      this.received = 0;
      this.listener.idle(this, true);
      this.settle();
      // Other connections take their turn first.
      if (this.unread !== null) setImmediate(() => this.feed());
    });
  }

  /** Closes the connection when all that was written has been taken. `http` calls it after the last answer. */
  destroySoon(): void {
    this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.isHungry = true;
    // Not at once: the piece before is delivered after this returns.
    if (this.unread !== null || this.hasEnded) process.nextTick(() => this.feed());
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, encoding, (error) => this.written(error, done));
    if (this.socket.writableLength > 0) this.settle();
  }

  override _writev(
    chunks: { readonly chunk: Buffer | string; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.socket.cork();
    const last = chunks.length - 1;
    for (const [at, { chunk, encoding }] of chunks.entries()) {
      this.socket.write(chunk, encoding, at < last ? undefined : (error) => this.written(error, done));
    }
    this.socket.uncork();
    if (this.socket.writableLength > 0) this.settle();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.socket.destroy();
    this.unread = null;
    done(error);
  }

  private receive(chunk: Buffer): void {
    this.unread = chunk;
    this.feed();
    this.received = this.request === undefined || this.request.complete ? 0 : this.received + chunk.length;
    if (this.unread !== null) this.socket.pause();
    this.settle();
  }

  /** Gives the parser the rest of the request in work, or the next one. */
  private feed(): void {
    while (this.unread !== null && this.isHungry && this.isFree) {
      const piece = this.nextPiece(this.unread);
      this.unread = piece.length < this.unread.length ? this.unread.subarray(piece.length) : null;
      this.isHungry = this.push(piece);
    }
    if (this.unread !== null || this.destroyed) return;
    if (this.hasEnded) this.push(null);
    else if (this.socket.isPaused()) this.socket.resume();
  }

  private get isFree(): boolean {
    return this.request === undefined ? this.writableLength === 0 : !this.request.complete;
  }

  /** Returns at most the end of one request and the start of another. */
  private nextPiece(octets: Buffer): Buffer {
    if (this.request !== undefined && this.bodyLeft > 0) {
      const body = octets.subarray(0, this.bodyLeft);
      this.bodyLeft -= body.length;
      return body;
    }
    const end = octets.indexOf(BLANK_LINE);
    return end < 0 ? octets : octets.subarray(0, end + BLANK_LINE.length);
  }

  private written(error: Error | null | undefined, done: (error?: Error | null) => void): void {
    done(error);
    this.settle();
    if (this.unread !== null) this.feed();
  }

  private settle(): void {
    const { held } = this;
    if (held === this.known) return;
    this.known = held;
    this.listener.holds(this, held);
  }

  private get held(): number {
    return this.writableLength + (this.unread?.length ?? 0) + this.received;
  }

  /** Nothing was read or written for some time. */
  private quiet(): void {
    // A request may be held, and an event stream may have nothing to send.
    if (this.request === undefined || this.held > 0) this.destroy();
  }
}
