import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, type NetConnectOpts, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, createSecureContext, TLSSocket, type TLSSocketOptions } from 'node:tls';
import type { ExecutionContext } from 'ava';
import { type Listening, startServer } from './server.js';
import { type Close, resetSocket } from './wire.js';
import { within } from './within.js';

const folder = new URL('../../../spec/fixtures/tls/', import.meta.url);

/** Returns the path of a file in spec/fixtures/tls: `server` for server.pem. */
export const pemPath = (name: string): string => new URL(`${name}.pem`, folder).pathname;
export const pem = (name: string): string => readFileSync(pemPath(name), 'utf8');

/** A fixture certificate with its key. */
export const contextOf = (name: string, ca?: string) =>
  createSecureContext({ cert: pem(name), key: pem(`${name}-key`), ...(ca === undefined ? {} : { ca: pem(ca) }) });

/** How the other side ended: with or without a close_notify, and with which TCP close. */
export type SecureClose = { readonly notified: boolean; readonly close: Close };

/** One end of a TLS connection that observes and controls the TCP close underneath. */
export class SecureWire {
  readonly tls: TLSSocket;
  /** Resolves when the handshake is complete; rejects when it failed. */
  readonly secured: Promise<void>;
  readonly ended: Promise<SecureClose>;
  address = '';
  /** A close_notify was received. */
  notified = false;
  private readonly socket: Socket;
  private readonly through: Duplex;
  private readonly records: Buffer[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  private isOver = false;
  private isPaused = false;
  private readonly waiting = new Set<() => void>();

  /** @param socket created with `allowHalfOpen` and a `highWaterMark` of 1, as for a Wire */
  constructor(socket: Socket, secure: (through: Duplex) => TLSSocket) {
    this.socket = socket;
    this.address = `${socket.localAddress}:${socket.localPort}`;
    this.through = new Duplex({
      allowHalfOpen: true,
      read: () => this.readOn(),
      write: (octets, _encoding, done) => void socket.write(octets, () => done()),
      final: (done) => done(),
    });
    this.ended = new Promise((resolve) => {
      const end = (close: Close) => {
        this.isOver = true;
        // Bytes received before it are decrypted first.
        setImmediate(() => {
          resolve({ notified: this.notified, close });
          this.wake();
          if (close === 'fin') this.through.push(null);
        });
      };
      socket.once('end', () => end('fin'));
      socket.once('error', () => end('rst'));
    });
    socket.on('readable', () => setImmediate(() => this.readOn()));
    this.tls = secure(this.through);
    this.secured = new Promise((resolve, reject) => {
      this.tls.once('secure', () => resolve());
      this.tls.on('error', reject);
      socket.once('close', () => reject(new Error('closed before the TLS handshake was complete')));
      void this.ended.then(({ close }) => reject(new Error(`${close} before the TLS handshake was complete`)));
    });
    this.secured.catch(() => {});
    this.tls.on('data', (octets: Buffer) => {
      this.chunks.push(octets);
      this.length += octets.length;
      this.wake();
    });
    this.tls.on('end', () => {
      this.notified = !this.isOver;
    });
  }

  get received(): Buffer {
    const [whole = Buffer.alloc(0), ...more] = this.chunks;
    if (more.length === 0) return whole;
    this.chunks = [Buffer.concat(this.chunks)];
    return this.received;
  }

  /** All received bytes below TLS. */
  get encrypted(): Buffer {
    return Buffer.concat(this.records);
  }

  get receivedLength(): number {
    return this.length;
  }

  /** How many sent bytes, encrypted, the kernel has not accepted yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  /** Resolves when a reset has arrived, even if nothing is read: a write of zero bytes then fails. */
  async resetUnread(): Promise<void> {
    const timer = setInterval(() => this.socket.write(''), 5);
    try {
      await this.how();
    } finally {
      clearInterval(timer);
    }
  }

  /** Resolves with all received bytes, once there are `count`. */
  async octets(count: number): Promise<Buffer> {
    await this.arrived(count);
    return this.received;
  }

  /** Resolves once `count` bytes have been received; copies none of them. */
  async arrived(count: number): Promise<void> {
    while (this.length < count) {
      if (this.isOver) throw new Error(`ended after ${this.length} of ${count} bytes`);
      await within(
        new Promise<void>((resolve) => this.waiting.add(resolve)),
        () => `${count} bytes, ${this.length} arrived`,
      );
    }
  }

  how(): Promise<SecureClose> {
    return within(this.ended, () => `the end, but ${this.length} bytes arrived`);
  }

  send(octets: Uint8Array | string): Promise<void> {
    return new Promise((resolve) => this.tls.write(octets, () => resolve()));
  }

  /** Sends close_notify and leaves TCP open. */
  async notify(): Promise<void> {
    await new Promise<void>((resolve) => this.tls.end(() => resolve()));
  }

  /** Sends close_notify and FIN, as most programs do. */
  async close(): Promise<void> {
    await this.notify();
    this.socket.end();
  }

  /** Sends FIN without a close_notify. */
  fin(): void {
    this.socket.end();
  }

  /** Sends bytes below TLS. */
  raw(octets: Uint8Array): void {
    this.socket.write(octets);
  }

  rst(): void {
    resetSocket(this.socket);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.readOn();
  }

  private readOn(): void {
    while (!this.isPaused) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk === null) return;
      this.records.push(chunk);
      this.through.push(chunk);
    }
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/**
 * Connects TCP, and starts TLS as a client that trusts the CA of the fixtures.
 *
 * @param introduce sends what precedes TLS
 */
export async function dialTls(
  t: ExecutionContext,
  { host, port }: Listening,
  options: ConnectionOptions = {},
  introduce: (socket: Socket) => unknown = () => {},
): Promise<SecureWire> {
  const tcp: NetConnectOpts & { readonly highWaterMark: number } = {
    host,
    port,
    noDelay: true,
    allowHalfOpen: true,
    highWaterMark: 1,
  };
  const socket = connectTcp(tcp);
  // A reset may arrive before anything else handles it.
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await within(once(socket, 'connect'), `a connection to ${host}:${port}`);
  await introduce(socket);
  const secure = { ca: pem('ca'), servername: 'localhost', ...options };
  return new SecureWire(socket, (through) => connect({ ...secure, socket: through }));
}

/** Connects, and completes the TLS handshake. */
export async function dialSecured(
  t: ExecutionContext,
  target: Listening,
  options: ConnectionOptions = {},
  introduce?: (socket: Socket) => unknown,
): Promise<SecureWire> {
  const wire = await dialTls(t, target, options, introduce);
  await within(wire.secured, 'a TLS handshake');
  return wire;
}

/** A fake broker with a TLS listener. `serve` is called first with each connection. */
export async function startTlsUpstream(
  t: ExecutionContext,
  options: TLSSocketOptions = {},
  serve: (wire: SecureWire) => void = () => {},
) {
  const taken: SecureWire[] = [];
  const waiting: ((wire: SecureWire) => void)[] = [];
  const listening = await startServer(t, (socket) => {
    socket.setNoDelay(true);
    const secure = { isServer: true, secureContext: contextOf('server'), ...options };
    const wire = new SecureWire(socket, (through) => new TLSSocket(through, secure));
    serve(wire);
    const resolve = waiting.shift();
    if (resolve) resolve(wire);
    else taken.push(wire);
  });
  return {
    ...listening,
    next: (): Promise<SecureWire> => {
      const wire = taken.shift();
      if (wire) return Promise.resolve(wire);
      return within(new Promise<SecureWire>((resolve) => waiting.push(resolve)), 'a connection to the upstream');
    },
  };
}
