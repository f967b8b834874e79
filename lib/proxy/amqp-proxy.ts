import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { HeaderRules } from '../amqp/classifier.js';
import type { Follower } from '../amqp/follower.js';
import { NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import type { Clock } from '../clock.js';
import { acceptanceOf } from '../faults/accept/acceptance.js';
import { Faults, type ProxyFaults } from '../faults/proxy-faults.js';
import type { ProxyEvents } from '../report/events.js';
import type { OpenConnection } from '../report/report.js';
import { headerRules, type Learned, NOTHING_LEARNED } from '../rules/header-rules.js';
import { learn } from '../rules/learn.js';
import { isWildcard } from '../text/address.js';
import { addressOf } from '../text/address-of.js';
import { Connection } from './connection.js';
import { type ConnectionContext, contextOf } from './connection-context.js';
import { Listener } from './listen/listener.js';
import { OpenConnections } from './open-connections.js';
import type { ProxySettings } from './proxy-settings.js';

/** What a proxy is given: it has no clock and no source of names of its own. */
export type ProxyDeps = {
  readonly clock: Clock;
  /** A new id for a connection. */
  readonly nextId: () => string;
  /** The faults of all proxies. @defaultValue none */
  readonly faults?: Faults;
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
  /** What is known of the upstream. */
  learned: Learned = NOTHING_LEARNED;
  /** The rules for the next connection. */
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
    return Array.from(this.open, (connection) => connection.summary);
  }

  /**
   * Ends an open connection.
   *
   * @param close how its client sees it; 320 is a Close of AMQP, CONNECTION_FORCED
   * @returns false when there is none with that id
   * @throws ConfigError when it is not open enough for a Close
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
   * Closes the listener at once, and ends when the open connections have ended. Can be called again, to hurry.
   *
   * @param drainTimeout ms after which those that are still open are reset; null to wait for their own end
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

  /** Ends all open connections at once. `close`: how their clients see it. */
  stopAll(close: 'fin' | 'rst'): void {
    for (const connection of this.open) connection.stop(close);
  }

  private accept(socket: Socket): void {
    const { open, settings } = this;
    const source = settings.maxConnectionsPerSource > 0 ? (socket.remoteAddress ?? null) : null;
    const limit = open.limitReached(source, settings);
    const connection = new Connection(this.deps.nextId(), socket, this.context as ConnectionContext, limit);
    open.add(connection, source);
    void connection.serve().then(() => open.remove(connection));
  }

  private contextFor(settings: ProxySettings): ConnectionContext {
    return contextOf(settings, {
      listen: this.listenAddress,
      clock: this.deps.clock,
      faults: this.faults,
      rules: () => this.rules,
      emit: (name, ...event) => void this.emit<keyof ProxyEvents>(name, ...event),
      met: (follower, header) => this.meet(follower, header),
    });
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
