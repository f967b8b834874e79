import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Clock } from '../clock.js';
import { Faults, type ProxyFaults } from '../faults/proxy-faults.js';
import type { Sources } from '../health-check/sources.js';
import type { ProxyEvents } from '../report/events.js';
import type { OpenConnection, OpenNow } from '../report/report.js';
import type { Learned } from '../rules/header-rules.js';
import { isWildcard } from '../text/address.js';
import { addressOf } from '../text/address-of.js';
import type { Admission } from './admission.js';
import { Connection } from './connection.js';
import { type ConnectionContext, contextOf } from './connection-context.js';
import { DeferredWork } from './deferred-work.js';
import { Learning } from './learning.js';
import { ProxyListener } from './listen/proxy-listener.js';
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
  private readonly listener: ProxyListener;
  private readonly open = new OpenConnections();
  /** The address that every client connects to; null for a wildcard listener. */
  private listenAddress: string | null = null;
  private context: ConnectionContext | undefined;
  private readonly learning: Learning;
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
    const { name: proxy } = settings;
    this.learning = new Learning(settings, (learned) => this.emit('learned', { proxy, learned }));
    this.listener = new ProxyListener({
      faults: this.faults,
      clock: deps.clock,
      accepted: (socket) => this.accept(socket),
      failed: (code) => this.emit('acceptFailed', { proxy, code }),
      upstreamChanged: (state, code) =>
        this.emit('upstreamState', { proxy, upstream: this.settings.upstream.label, state, code }),
    });
  }

  /**
   * Opens the listener.
   *
   * @returns the numeric address: `127.0.0.1:5673`
   * @throws the operating system's error, with `code` EADDRINUSE, EACCES, ...
   */
  async listen(): Promise<string> {
    const { listener, settings } = this;
    await this.follow();
    const { address, port } = await listener.listen(settings.listen.host, settings.listen.port);
    const listen = addressOf(address, port) as string;
    this.listenAddress = isWildcard(address) ? null : listen;
    this.context = this.contextFor(settings);
    return listen;
  }

  /** What is known about the upstream. */
  get learned(): Learned {
    return this.learning.learned;
  }

  /** The rules for the next connection. */
  get rules(): HeaderRules {
    return this.learning.rules;
  }

  /** Stops listening and closes open connections, as Toxiproxy does when a proxy is disabled. */
  async down(): Promise<void> {
    const released = this.release();
    this.stopAll('fin');
    await released;
  }

  /** Stops listening until `up`, so that another listener can have the address. Open connections continue. */
  async release(): Promise<void> {
    await this.listener.setDown(true);
  }

  /** Listens again. Resolves when it does. */
  async up(): Promise<void> {
    await this.listener.setDown(false);
  }

  /** Resolves when the listener is in the state that its faults require. */
  settleListener(): Promise<void> {
    return this.listener.settle();
  }

  /** Whether the upstream that it mirrors is up; null: it mirrors none. */
  get upstreamState(): 'up' | 'down' | null {
    return this.listener.upstreamState;
  }

  private follow(): Promise<void> {
    const { mirrorUpstream, upstream, connectTimeout } = this.settings;
    const isFollowed = mirrorUpstream && upstream.label !== 'stand-in';
    return this.listener.follow(
      isFollowed ? { ...upstream, connectTimeout, lookup: this.deps.lookup ?? lookup } : null,
    );
  }

  /** Applies other settings, from the next connection on. Name and listener stay. */
  reconfigure(settings: ProxySettings): void {
    this.settings = settings;
    this.learning.reconfigure(settings);
    this.context = this.contextFor(settings);
    void this.follow();
  }

  /** The open connections, oldest first. @param matches only these @param most at most as many */
  openConnections(matches?: (connection: OpenNow) => boolean, most = Number.POSITIVE_INFINITY): OpenConnection[] {
    const found = [...this.open].filter((each) => matches?.(each.now(this.deps.clock.ticks())) ?? true);
    found.sort((one, other) => one.number - other.number);
    return found.slice(0, most).map((connection) => connection.summary);
  }

  /** How far the open connections got, in any order. */
  openNow(ticks = this.deps.clock.ticks()): OpenNow[] {
    return [...this.open].map((connection) => connection.now(ticks));
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
      accepted: this.learning.accepted,
      starts: this.learning.starts,
      isHeard: (name) => this.listenerCount(name) > 0,
      emit: (name, ...event) => void this.emit<keyof ProxyEvents>(name, ...event),
      dialFailed: (code) => this.listener.dialFailed(code),
      met: (follower, header) => this.learning.meet(settings, follower, header),
    });
  }
}
