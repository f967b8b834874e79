import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Dialect } from '../amqp/dialect.js';
import type { Follower } from '../amqp/follower.js';
import { NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import type { Clock } from '../clock.js';
import { acceptanceOf } from '../faults/accept/acceptance.js';
import { Faults, type ProxyFaults } from '../faults/proxy-faults.js';
import type { Sources } from '../health-check/sources.js';
import type { ProxyEvents } from '../report/events.js';
import type { OpenConnection, OpenNow } from '../report/report.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../rules/header-rules.js';
import { type BrokerAnswer, learn } from '../rules/learn.js';
import { isWildcard } from '../text/address.js';
import { addressOf } from '../text/address-of.js';
import type { Admission } from './admission.js';
import { Connection } from './connection.js';
import { type ConnectionContext, contextOf } from './connection-context.js';
import { DeferredWork } from './deferred-work.js';
import { LearnedStarts } from './learned-starts.js';
import { Listener } from './listen/listener.js';
import { type Lookup, lookup } from './lookup.js';
import { OpenConnections } from './open-connections.js';
import type { ProxySettings } from './proxy-settings.js';

/** Dependencies of a proxy, including its clock and its source of ids. */
export type ProxyDeps = {
  readonly clock: Clock;
  /** A new id for a connection. */
  readonly nextId: () => string;
  /** The faults of all proxies. @defaultValue none */
  readonly faults?: Faults;
  /** Does what can wait. @defaultValue the proxy's own */
  readonly deferred?: DeferredWork;
  /** The limits that it shares with other proxies. @defaultValue none */
  readonly admission?: Admission;
  /** What each source has done so far. @defaultValue this is not remembered */
  readonly sources?: Sources | null;
  /** @defaultValue the operating system's */
  readonly lookup?: Lookup;
};

/** One listener, and the connections that it accepted. */
export class AmqpProxy extends EventEmitter<ProxyEvents> {
  private settings: ProxySettings;
  private readonly deps: ProxyDeps;
  private readonly listener: Listener;
  private readonly open = new OpenConnections();
  /** The address that every client connects to; null for a wildcard listener. */
  private listenAddress: string | null = null;
  private context: ConnectionContext | undefined;
  /** What is known about the upstream. */
  learned: Learned = NOTHING_LEARNED;
  /** The rules for the next connection. */
  rules: HeaderRules;
  /** What the upstream is known to accept. */
  private accepted = { payload: 0 };
  private starts = new LearnedStarts();
  private isDown = false;
  private readonly faults: ProxyFaults;
  private readonly unlisten: () => void;
  private readonly deferred: DeferredWork;

  constructor(settings: ProxySettings, deps: ProxyDeps) {
    super();
    this.settings = settings;
    this.deps = deps;
    this.deferred = deps.deferred ?? new DeferredWork(deps.clock);
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
   * @returns the numeric address: `127.0.0.1:5673`
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

  /** Stops listening and closes open connections, as Toxiproxy does when a proxy is disabled. */
  async down(): Promise<void> {
    const released = this.release();
    this.stopAll('fin');
    await released;
  }

  /** Stops listening until `up`, so that another listener can have the address. Open connections continue. */
  async release(): Promise<void> {
    this.isDown = true;
    await this.settleListener();
  }

  /** Listens again. Resolves when it does. */
  async up(): Promise<void> {
    this.isDown = false;
    await this.settleListener();
  }

  /** Resolves when the listener is in the state that its faults require. */
  settleListener(): Promise<void> {
    const acceptance = acceptanceOf(this.faults.active.map(({ fault }) => fault));
    return this.listener.set(this.isDown ? 'refuse' : acceptance);
  }

  /** Applies other settings, from the next connection on. Name and listener stay. */
  reconfigure(settings: ProxySettings): void {
    if (settings.upstream.label !== this.settings.upstream.label) {
      this.learned = NOTHING_LEARNED;
      this.accepted = { payload: 0 };
      this.starts = new LearnedStarts();
    }
    this.settings = settings;
    this.rules = headerRules(settings, this.learned);
    this.context = this.contextFor(settings);
  }

  /** The open connections, oldest first. @param matches only these @param most at most as many */
  openConnections(matches?: (connection: OpenNow) => boolean, most = Number.POSITIVE_INFINITY): OpenConnection[] {
    const all = [...this.open];
    const found = matches === undefined ? all : all.filter(({ now }) => matches(now));
    const oldestFirst = found.sort((one, other) => one.number - other.number);
    return oldestFirst.slice(0, most).map((connection) => connection.summary);
  }

  /** How far the open connections got, in any order. */
  openNow(): OpenNow[] {
    return Array.from(this.open, (connection) => connection.now);
  }

  /**
   * Ends an open connection.
   *
   * @param close how its client is closed; 320 is an AMQP Connection.Close, CONNECTION_FORCED
   * @returns false when no connection has that id
   * @throws ConfigError when the connection is not open, so that a Connection.Close is not possible
   */
  end(id: string, close: 'fin' | 'rst' | 320): boolean {
    for (const connection of this.open) {
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
   * Closes the listener at once and resolves when the open connections have ended. Can be called again with a shorter timeout.
   *
   * @param drainTimeout ms after which open connections are reset; null: wait until they end by themselves
   */
  async close(drainTimeout: number | null): Promise<void> {
    const { clock } = this.deps;
    const timer = drainTimeout === null ? undefined : clock.start(() => this.stopAll('rst'), drainTimeout);
    await this.listener.close();
    await this.open.idle();
    if (timer !== undefined) clock.stop(timer);
    this.unlisten();
  }

  private faultsChanged(): void {
    void this.settleListener();
    for (const connection of this.open) connection.faultsChanged();
  }

  /** Ends all open connections at once. @param close how their clients are closed */
  stopAll(close: 'fin' | 'rst'): void {
    for (const connection of this.open) connection.stop(close);
  }

  private accept(socket: Socket): void {
    const { open, settings } = this;
    const source = settings.maxConnectionsPerSource > 0 ? (socket.remoteAddress ?? null) : null;
    const { nextId, admission } = this.deps;
    const limit = open.limitReached(source, settings) ?? admission?.enter();
    const connection = new Connection(nextId(), socket, this.context as ConnectionContext, limit);
    open.add(connection, source);
    connection.serve(() => {
      open.remove(connection);
      if (limit === undefined) admission?.leave();
    });
  }

  private contextFor(settings: ProxySettings): ConnectionContext {
    return contextOf(settings, {
      listen: this.listenAddress,
      clock: this.deps.clock,
      deferred: this.deferred,
      lookup: this.deps.lookup ?? lookup,
      faults: this.faults,
      sources: this.deps.sources ?? null,
      rules: () => this.rules,
      accepted: this.accepted,
      starts: this.starts,
      isHeard: (name) => this.listenerCount(name) > 0,
      emit: (name, ...event) => void this.emit<keyof ProxyEvents>(name, ...event),
      met: (follower, header) => this.meet(settings, follower, header),
    });
  }

  /**
   * Learns from the upstream's answer.
   *
   * @param settings those with which the connection began
   * @returns the dialect of the rest of that connection; null: it stays the same
   */
  private meet(settings: ProxySettings, { conversation, answer }: Follower, header: Uint8Array): Dialect | null {
    if (settings.dialect !== 'auto' || settings.upstream.label === 'stand-in') return null;
    const { serverProduct: product, serverVersion: version } = conversation?.handshake ?? NOTHING_SAID;
    const said = { product, version, asked: quadOf(header) ?? null, answer };
    // Another upstream may have been configured since the connection began.
    if (settings.upstream.label === this.settings.upstream.label && this.settings.dialect === 'auto') this.learn(said);
    if (product === null) return null;
    const { dialect } = learn(this.learned, said);
    return dialect === this.rules.dialect.name
      ? this.rules.dialect
      : headerRules(settings, { ...NOTHING_LEARNED, dialect }).dialect;
  }

  private learn(said: BrokerAnswer): void {
    const known = this.learned;
    const learned = learn(known, said);
    if (learned === known) return;
    this.learned = learned;
    this.rules = headerRules(this.settings, learned);
    const isNews = learned.product !== known.product || learned.version !== known.version;
    if (!isNews) return;
    this.accepted.payload = 0;
    this.emit('learned', { proxy: this.settings.name, learned });
  }
}
