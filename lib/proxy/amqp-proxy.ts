import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Follower } from '../amqp/follower.js';
import { quadOf } from '../amqp/header.js';
import type { Reason } from '../amqp/reason.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../rules/header-rules.js';
import { learn } from '../rules/learn.js';
import { addressOf } from './address-of.js';
import type { Clock } from './clock.js';
import { Connection, type ConnectionContext } from './connection.js';
import type { ProxyEvents } from './events.js';

/** How a proxy behaves. Durations are in ms. */
export type ProxySettings = {
  readonly name: string;
  /** Port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Where to dial, and how reports call it. */
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  readonly mode: 'guard' | 'observe';
  /** `auto`, or a version of RabbitMQ. */
  readonly dialect: string;
  readonly amqp10: 'auto' | 'on' | 'off';
  readonly close: 'fin' | 'rst';
  readonly handshakeTimeout: number;
  readonly connectTimeout: number;
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxConnectionsPerSource: number;
};

/** What a proxy is handed: it makes up neither time nor names. */
export type ProxyDeps = {
  readonly clock: Clock;
  /** A new id for a connection. */
  readonly nextId: () => string;
};

/** One listener, and the connections that it accepted. */
export class AmqpProxy extends EventEmitter<ProxyEvents> {
  readonly settings: ProxySettings;
  private readonly deps: ProxyDeps;
  private readonly server: Server;
  private readonly open = new Set<Connection>();
  private readonly openBySource = new Map<string, number>();
  private context: ConnectionContext | undefined;
  private learned: Learned = NOTHING_LEARNED;
  private rules: HeaderRules;

  constructor(settings: ProxySettings, deps: ProxyDeps) {
    super();
    this.settings = settings;
    this.deps = deps;
    this.rules = headerRules(settings, this.learned);
    this.server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: 1 }, (socket) =>
      this.accept(socket),
    );
  }

  /**
   * Opens the listener.
   *
   * @returns the address, as numbers: `127.0.0.1:5673`
   * @throws the operating system's error, with `code` EADDRINUSE, EACCES, ...
   */
  async listen(): Promise<string> {
    const { server, settings } = this;
    server.listen({ host: settings.listen.host, port: settings.listen.port, backlog: BACKLOG });
    await once(server, 'listening');
    server.on('error', (error: NodeJS.ErrnoException) => {
      this.emit('acceptFailed', { proxy: settings.name, code: error.code ?? error.message });
    });
    const { address, port } = server.address() as AddressInfo;
    const listen = addressOf(address, port) as string;
    this.context = this.contextFor(isWildcard(address) ? null : listen);
    return listen;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.open.size;
  }

  /**
   * Closes the listener at once, and ends when the open connections have ended.
   *
   * @param drainTimeout ms after which those that are still open are reset
   */
  async close(drainTimeout: number): Promise<void> {
    const { clock } = this.deps;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const timer = clock.start(() => {
      for (const connection of this.open) connection.stop();
    }, drainTimeout);
    await closed;
    while (this.open.size > 0) await once(this, 'report');
    clock.stop(timer);
  }

  private accept(socket: Socket): void {
    const connection = new Connection(this.deps.nextId(), socket, this.context as ConnectionContext);
    const source = socket.remoteAddress ?? '';
    const limit = this.limitReached(source);
    this.count(connection, source, 1);
    const served = limit ? connection.turnAway(limit) : connection.serve();
    void served.then(() => this.count(connection, source, -1));
  }

  private limitReached(source: string): Reason | undefined {
    const { maxConnections, maxConnectionsPerSource } = this.settings;
    if (this.open.size >= maxConnections) return { name: 'limit', limit: 'maxConnections', value: maxConnections };
    if (maxConnectionsPerSource > 0 && (this.openBySource.get(source) ?? 0) >= maxConnectionsPerSource) {
      return { name: 'limit', limit: 'maxConnectionsPerSource', value: maxConnectionsPerSource };
    }
    return undefined;
  }

  private count(connection: Connection, source: string, change: 1 | -1): void {
    if (change === 1) this.open.add(connection);
    else this.open.delete(connection);
    if (this.settings.maxConnectionsPerSource === 0) return;
    const count = (this.openBySource.get(source) ?? 0) + change;
    if (count > 0) this.openBySource.set(source, count);
    else this.openBySource.delete(source);
  }

  private contextFor(listen: string | null): ConnectionContext {
    const { settings, deps } = this;
    return {
      proxy: settings.name,
      listen,
      upstream: settings.upstream,
      mode: settings.mode,
      close: settings.close,
      handshakeTimeout: settings.handshakeTimeout,
      connectTimeout: settings.connectTimeout,
      clock: deps.clock,
      rules: () => this.rules,
      accepting: (accepting) => this.emit('accepting', accepting),
      stage: (reached) => this.emit('stage', reached),
      report: (report) => this.emit('report', report),
      met: (follower, header) => this.meet(follower, header),
    };
  }

  /** Learns from what the upstream said; it counts from the next connection on. */
  private meet({ handshake, answer }: Follower, header: Uint8Array): void {
    if (this.settings.dialect !== 'auto' || this.settings.upstream.label === 'stand-in') return;
    const { serverProduct: product, serverVersion: version } = handshake;
    const learned = learn(this.learned, { product, version, asked: quadOf(header) ?? null, answer });
    if (learned === this.learned) return;
    const isNews = learned.version !== this.learned.version;
    this.learned = learned;
    this.rules = headerRules(this.settings, learned);
    if (isNews && product !== null && version !== null)
      this.emit('learned', { proxy: this.settings.name, product, version });
  }
}

/** Connections that the kernel keeps for us while we are busy. Node's own default is 511. */
const BACKLOG = 4096;

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';
