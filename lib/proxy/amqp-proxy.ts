import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Follower } from '../amqp/follower.js';
import { NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import type { Reason } from '../amqp/reason.js';
import type { Clock } from '../clock.js';
import { acceptanceOf } from '../faults/accept/acceptance.js';
import { Faults, type ProxyFaults } from '../faults/proxy-faults.js';
import type { ProxyEvents } from '../report/events.js';
import type { OpenConnection } from '../report/report.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../rules/header-rules.js';
import { learn } from '../rules/learn.js';
import { isWildcard } from '../text/address.js';
import { addressOf } from '../text/address-of.js';
import type { Origination, Termination } from '../tls/tls-settings.js';
import { Connection } from './connection.js';
import type { ConnectionContext } from './connection-context.js';
import { Listener } from './listen/listener.js';
import { type ProxyProtocolSettings, proxyProtocol } from './proxy-protocol.js';

/** How a proxy behaves. Durations are in ms. */
export type ProxySettings = {
  readonly name: string;
  /** Port 0 picks a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Where to dial, and how reports call it. */
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  /** Null: clients speak without TLS. */
  readonly tls: Termination | null;
  /** Null: the upstream is spoken to without TLS. */
  readonly upstreamTls: Origination | null;
  readonly mode: 'guard' | 'observe';
  /** `auto`, or a version of RabbitMQ. */
  readonly dialect: string;
  readonly amqp10: 'auto' | 'on' | 'off';
  readonly close: 'fin' | 'rst';
  readonly handshakeTimeout: number;
  readonly connectTimeout: number;
  /** How far connections are followed: to their end, or to Open-Ok. */
  readonly observe: 'all' | 'handshake';
  readonly proxyProtocol: ProxyProtocolSettings;
  readonly maxConnections: number;
  /** 0: no limit. */
  readonly maxConnectionsPerSource: number;
};

/** What a proxy is handed: it makes up neither time nor names. */
export type ProxyDeps = {
  readonly clock: Clock;
  /** A new id for a connection. */
  readonly nextId: () => string;
  /** Those of all proxies. @defaultValue none, and nobody to add one */
  readonly faults?: Faults;
};

/** One listener, and the connections that it accepted. */
export class AmqpProxy extends EventEmitter<ProxyEvents> {
  private settings: ProxySettings;
  private readonly deps: ProxyDeps;
  private readonly listener: Listener;
  /** With the source that each one counts for; null if sources were not counted when it came. */
  private readonly open = new Map<Connection, string | null>();
  private readonly openBySource = new Map<string, number>();
  private whenIdle: (() => void)[] = [];
  /** The address that all clients reach; null for a wildcard listener. */
  private listenAddress: string | null = null;
  private context: ConnectionContext | undefined;
  /** What is behind it, as far as it has shown itself. */
  learned: Learned = NOTHING_LEARNED;
  /** By which headers are judged now. */
  rules: HeaderRules;
  private isDown = false;
  private readonly faults: ProxyFaults;
  private readonly unlisten: () => void;

  constructor(settings: ProxySettings, deps: ProxyDeps) {
    super();
    this.settings = settings;
    this.deps = deps;
    this.faults = (deps.faults ?? new Faults({ seed: 0, clock: deps.clock })).of(settings.name);
    this.unlisten = this.faults.listen(() => this.faultsChanged());
    this.rules = headerRules(settings, this.learned);
    this.listener = new Listener(
      (socket) => this.accept(socket),
      (code) => this.emit('acceptFailed', { proxy: this.settings.name, code }),
    );
  }

  /**
   * Opens the listener.
   *
   * @returns the address, as numbers: `127.0.0.1:5673`
   * @throws the operating system's error, with `code` EADDRINUSE, EACCES, ...
   */
  async listen(): Promise<string> {
    const { listener, settings } = this;
    await this.settleListener();
    const { address, port } = await listener.listen(settings.listen.host, settings.listen.port);
    const listen = addressOf(address, port) as string;
    this.listenAddress = isWildcard(address) ? null : listen;
    this.context = this.contextFor(settings);
    return listen;
  }

  /** Nobody listens any more, and open connections are closed: as Toxiproxy does it for a proxy that is not enabled. */
  async down(): Promise<void> {
    this.isDown = true;
    const settled = this.settleListener();
    this.stopAll('fin');
    await settled;
  }

  /** Listens again. Ends when it does. */
  async up(): Promise<void> {
    this.isDown = false;
    await this.settleListener();
  }

  /** Ends when the listener is as its faults want it. */
  settleListener(): Promise<void> {
    const acceptance = acceptanceOf(this.faults.active.map(({ fault }) => fault));
    return this.listener.set(this.isDown ? 'refuse' : acceptance);
  }

  /** Behaves in another way from the next connection on. Name and listener stay. */
  reconfigure(settings: ProxySettings): void {
    if (settings.upstream.label !== this.settings.upstream.label) this.learned = NOTHING_LEARNED;
    this.settings = settings;
    this.rules = headerRules(settings, this.learned);
    this.context = this.contextFor(settings);
  }

  openConnections(): readonly OpenConnection[] {
    return [...this.open.keys()].map((connection) => connection.summary);
  }

  /**
   * Ends an open connection.
   *
   * @param close how its client sees it; 320 is a Close of AMQP, CONNECTION_FORCED
   * @returns false when there is none with that id
   * @throws ConfigError when it is not open enough for a Close
   */
  end(id: string, close: 'fin' | 'rst' | 320): boolean {
    for (const connection of this.open.keys()) {
      if (connection.id !== id) continue;
      connection.end(close);
      return true;
    }
    return false;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.open.size;
  }

  /**
   * Closes the listener at once, and ends when the open connections have ended. Can be called again, to hurry.
   *
   * @param drainTimeout ms after which those that are still open are reset; null to wait for their own end
   */
  async close(drainTimeout: number | null): Promise<void> {
    const { clock } = this.deps;
    const timer = drainTimeout === null ? undefined : clock.start(() => this.stopAll('rst'), drainTimeout);
    await this.listener.close();
    if (this.open.size > 0) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
    if (timer !== undefined) clock.stop(timer);
    this.unlisten();
  }

  private faultsChanged(): void {
    void this.settleListener();
    for (const connection of this.open.keys()) connection.faultsChanged();
  }

  /** Ends all open connections at once. `close`: how their clients see it. */
  stopAll(close: 'fin' | 'rst'): void {
    for (const connection of this.open.keys()) connection.stop(close);
  }

  private accept(socket: Socket): void {
    const connection = new Connection(this.deps.nextId(), socket, this.context as ConnectionContext);
    const source = this.settings.maxConnectionsPerSource > 0 ? (socket.remoteAddress ?? null) : null;
    const limit = this.limitReached(source);
    this.open.set(connection, source);
    if (source !== null) this.openBySource.set(source, (this.openBySource.get(source) ?? 0) + 1);
    void (limit ? connection.turnAway(limit) : connection.serve()).then(() => this.forget(connection));
  }

  private forget(connection: Connection): void {
    const source = this.open.get(connection);
    this.open.delete(connection);
    if (typeof source === 'string') {
      const others = (this.openBySource.get(source) ?? 1) - 1;
      if (others > 0) this.openBySource.set(source, others);
      else this.openBySource.delete(source);
    }
    if (this.open.size === 0) for (const idle of this.whenIdle.splice(0)) idle();
  }

  private limitReached(source: string | null): Reason | undefined {
    const { maxConnections, maxConnectionsPerSource } = this.settings;
    if (this.open.size >= maxConnections) return { name: 'limit', limit: 'maxConnections', value: maxConnections };
    if (source !== null && (this.openBySource.get(source) ?? 0) >= maxConnectionsPerSource) {
      return { name: 'limit', limit: 'maxConnectionsPerSource', value: maxConnectionsPerSource };
    }
    return undefined;
  }

  private contextFor(settings: ProxySettings): ConnectionContext {
    const { deps } = this;
    return {
      proxy: settings.name,
      listen: this.listenAddress,
      upstream: settings.upstream,
      tls: settings.tls,
      upstreamTls: settings.upstreamTls,
      mode: settings.mode,
      close: settings.close,
      // The stand-in is our own, and needs no introduction.
      proxyProtocol: proxyProtocol({
        ...settings.proxyProtocol,
        ...(settings.upstream.label === 'stand-in' && { send: 'off' }),
      }),
      handshakeTimeout: settings.handshakeTimeout,
      connectTimeout: settings.connectTimeout,
      observe: settings.observe,
      clock: deps.clock,
      faults: this.faults,
      rules: () => this.rules,
      accepting: (accepting) => this.emit('accepting', accepting),
      introduced: (introduced) => this.emit('introduced', introduced),
      stage: (reached) => this.emit('stage', reached),
      connectionError: (error) => this.emit('connectionError', error),
      faultActed: (acted) => this.emit('faultActed', acted),
      report: (report, reason, extras) => this.emit('report', report, reason, extras),
      met: (follower, header) => this.meet(follower, header),
    };
  }

  /** Learns from what the upstream said; it counts from the next connection on. */
  private meet({ conversation, answer }: Follower, header: Uint8Array): void {
    if (this.settings.dialect !== 'auto' || this.settings.upstream.label === 'stand-in') return;
    const { serverProduct: product, serverVersion: version } = conversation?.handshake ?? NOTHING_SAID;
    const known = this.learned;
    const learned = learn(known, { product, version, asked: quadOf(header) ?? null, answer });
    if (learned === known) return;
    this.learned = learned;
    this.rules = headerRules(this.settings, learned);
    const isNews = learned.product !== known.product || learned.version !== known.version;
    if (isNews) this.emit('learned', { proxy: this.settings.name, learned });
  }
}
