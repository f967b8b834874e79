import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import type { Listening } from '../support/server.js';
import { Wire } from '../support/wire.js';
import { NO_SIDE, playSide, type SideView } from './side.js';
import type { SideStep } from './two-sided.js';

/** What both ends of a connection saw. */
export interface BothSides {
  readonly client: SideView;
  readonly server: SideView;
  readonly port: number;
}

/** A server that takes one connection at a time, from a client or from the proxy in front of it. */
export class OneAtATime implements Listening, AsyncDisposable {
  readonly host = '127.0.0.1';
  private readonly server: Server;
  private steps: readonly SideStep[] = [];
  private playing: Promise<SideView> | undefined;

  private constructor(server: Server) {
    this.server = server;
    server.on('connection', (socket) => this.take(socket));
  }

  static async start(): Promise<OneAtATime> {
    const server = createServer({ allowHalfOpen: true, highWaterMark: 1, noDelay: true });
    const own = new OneAtATime(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return own;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Sets the steps for the next connection. */
  expect(steps: readonly SideStep[]): void {
    this.steps = steps;
    this.playing = undefined;
  }

  /** What its end of the connection saw; undefined if there was none. */
  get view(): Promise<SideView> | undefined {
    return this.playing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private take(socket: Socket): void {
    const { remotePort = 0 } = socket;
    this.playing = playSide(new Wire(socket), [this.port, remotePort], this.steps);
  }
}

/** Plays a client at a target. */
export async function playClient(target: Listening, localPort: number, steps: readonly SideStep[]): Promise<SideView> {
  const options: NetConnectOpts & { readonly highWaterMark: number } = {
    host: target.host,
    port: target.port,
    localPort,
    noDelay: true,
    allowHalfOpen: true,
    highWaterMark: 1,
  };
  const socket = connect(options);
  const wire = new Wire(socket);
  try {
    await once(socket, 'connect');
  } catch (error) {
    // The server can reset before Node has seen the connect.
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return { ...NO_SIDE, end: 'rst', endedAt: performance.now() };
  }
  return playSide(wire, [localPort, target.port], steps);
}
