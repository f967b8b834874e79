import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Listening } from './server.js';
import { within } from './within.js';

/** How a side closes TCP. */
export type Close = 'fin' | 'rst';

/**
 * One end of a TCP connection: it sends on request, keeps what it receives, and distinguishes a FIN from an RST.
 *
 * @param socket created with `allowHalfOpen` and a `highWaterMark` of 1. Reading then stops after each chunk, so that
 *   libuv cannot mistake a reset after bytes for the end of the stream.
 */
export class Wire {
  /** The first close from the other side. */
  readonly ended: Promise<Close>;
  /** A reset was received, possibly after a FIN. */
  readonly reset: Promise<void>;
  /** The socket is closed: by both sides, or by a reset. */
  readonly gone: Promise<void>;
  /** `127.0.0.1:PORT` of this end; a client's appears in the proxy's reports. */
  address = '';
  private readonly socket: Socket;
  private chunks: Buffer[] = [];
  private length = 0;
  private isPaused = false;
  private end: Close | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    const connected = () => {
      this.address = `${socket.localAddress}:${socket.localPort}`;
    };
    if (socket.connecting) socket.once('connect', connected);
    else connected();
    // Not synchronously: during `readable` libuv is still in its read, and another read would continue it.
    socket.on('readable', () => setImmediate(() => this.read()));
    this.ended = new Promise((resolve) => {
      const end = (how: Close) => {
        this.end ??= how;
        resolve(how);
        this.wake();
      };
      socket.once('end', () => end('fin'));
      // A write after a reset can fail with EPIPE.
      socket.once('error', () => end('rst'));
    });
    this.reset = new Promise((resolve) => socket.once('error', () => resolve()));
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** The bytes received so far. */
  get received(): Buffer {
    const [whole = Buffer.alloc(0), ...more] = this.chunks;
    if (more.length === 0) return whole;
    this.chunks = [Buffer.concat(this.chunks)];
    return this.received;
  }

  /** How many bytes were received so far. */
  get receivedLength(): number {
    return this.length;
  }

  /** The first close from the other side so far; null: none has arrived. */
  get close(): Close | null {
    return this.end ?? null;
  }

  /** How many sent bytes the kernel has not accepted yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  /** Resolves with all received bytes, once there are `count`. @throws Error when the connection ends first */
  async octets(count: number): Promise<Buffer> {
    await this.arrived(count);
    return this.received;
  }

  /** Resolves once `count` bytes have been received; copies none of them. @throws Error when the connection ends first */
  async arrived(count: number): Promise<void> {
    while (this.length < count) {
      if (this.end) throw new Error(`${this.end} after ${this.length} of ${count} bytes`);
      const more = new Promise<void>((resolve) => this.waiting.add(resolve));
      await within(more, () => `${count} bytes, ${this.length} arrived`);
    }
  }

  /** Resolves when the received bytes are as wanted. @throws Error when the connection ends first */
  async until(isWanted: (received: Buffer) => boolean): Promise<void> {
    while (!isWanted(this.received)) await this.arrived(this.length + 1);
  }

  /** How the other side ended the connection. */
  async how(): Promise<Close> {
    return within(
      this.ended,
      () => `the end, but ${this.length} bytes arrived: ${this.received.toString('latin1', 0, 100)}`,
    );
  }

  /** Resolves when the kernel has accepted the bytes, or never will. */
  send(octets: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.socket.write(octets, () => resolve()));
  }

  fin(): void {
    this.socket.end();
  }

  /** Bytes that the kernel has not accepted yet are lost. */
  rst(): void {
    resetSocket(this.socket);
  }

  /** Stops reading, so that the other side eventually cannot write any more. */
  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    setImmediate(() => this.read());
  }

  /** Resolves when a reset has arrived, even if nothing is read: a write of zero bytes then fails. */
  async resetUnread(): Promise<void> {
    const timer = setInterval(() => this.socket.write(''), 5);
    try {
      await within(this.reset, () => `a reset, after ${this.length} bytes`);
    } finally {
      clearInterval(timer);
    }
  }

  /** Closes without choosing between FIN and RST. */
  destroy(): void {
    this.socket.destroy();
  }

  private read(): void {
    while (!this.isPaused) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk === null) return;
      this.chunks.push(chunk);
      this.length += chunk.length;
      this.wake();
    }
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** Resets. While a FIN is being sent libuv refuses to, and Node then never closes. */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}

/** The part of a test that cleans up. */
export type Until = Pick<ExecutionContext, 'teardown'>;

/** Connects; the connection is destroyed when the test ends. An immediate reset counts as its end, not as an error. */
export async function dialWire(t: Until, target: Listening, localAddress = '127.0.0.1'): Promise<Wire> {
  const { host, port } = target;
  const options: NetConnectOpts & { readonly highWaterMark: number } = {
    host,
    localAddress,
    port,
    noDelay: true,
    allowHalfOpen: true,
    highWaterMark: 1,
  };
  const socket = connect(options);
  t.teardown(() => socket.destroy());
  const wire = new Wire(socket);
  const connected = once(socket, 'connect').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error;
  });
  await within(connected, `a connection to ${host}:${port}`);
  return wire;
}
