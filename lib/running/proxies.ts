import { isDeepStrictEqual } from 'node:util';
import type { HeaderRules } from '../amqp/classifier.js';
import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import type { AmqpProxy, ProxyDeps } from '../proxy/amqp-proxy.js';
import type { OpenConnection, OpenNow } from '../report/report.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import type { Certificates } from './certificates.js';
import { InTurn } from './in-turn.js';
import { ProxyOpener } from './proxy-opener.js';
import { type Entry, type ProxyChanged, type ProxyState, type Running, stateOf } from './proxy-state.js';
import { refuseUnreadStyles } from './refuse-unread-styles.js';
import type { Upstreams } from './upstreams.js';

/** The settings of a proxy that can be changed while it runs. Keys that are left out keep their values. */
export type ProxyChange = Partial<
  Pick<ProxyConfig, 'listen' | 'upstream' | 'enabled' | 'mirrorUpstream' | 'mode' | 'dialect' | 'healthChecks'>
>;

/** Time that clients have to close after a FIN, in ms. After it they are reset. */
const GRACE = 1_000;

/** The proxies of a running instance: applies a config to them, and later changes of single proxies. */
export class Proxies {
  private readonly certificates: Certificates;
  private readonly opener: ProxyOpener;
  private readonly changed: (change: ProxyChanged) => void;
  private entries = new Map<string, Entry>();
  /** Proxies that no longer listen and still have connections. */
  private readonly retired = new Set<AmqpProxy>();
  private readonly turns = new InTurn();

  /**
   * @param opened called with each new proxy, before it listens
   * @param changed called after each change
   */
  constructor(
    upstreams: Upstreams,
    certificates: Certificates,
    deps: ProxyDeps,
    opened: (proxy: AmqpProxy) => void,
    changed: (change: ProxyChanged) => void = () => {},
  ) {
    this.certificates = certificates;
    this.opener = new ProxyOpener(upstreams, certificates, deps, opened);
    this.changed = changed;
  }

  /** The proxies that listen. */
  get all(): readonly Running[] {
    return this.states
      .filter(({ enabled }) => enabled)
      .map(({ name, listen, upstream, learned }) => ({ name, listen, upstream, learned }));
  }

  /** All proxies, in the order in which they were added. */
  get states(): readonly ProxyState[] {
    return [...this.entries.values()].map(stateOf);
  }

  /** Returns undefined when no proxy has that name. */
  state(name: string): ProxyState | undefined {
    const entry = this.entries.get(name);
    return entry && stateOf(entry);
  }

  /** What a proxy would classify a connection with now. Undefined when no proxy has that name. */
  judging(
    name: string,
  ): (Pick<ProxyConfig, 'mode' | 'handshakeTimeout' | 'close'> & { readonly rules: HeaderRules }) | undefined {
    const { wanted, open } = this.entries.get(name) ?? {};
    return wanted && { ...wanted, rules: open?.proxy.rules ?? headerRules(wanted, NOTHING_LEARNED) };
  }

  /** Number of open connections. */
  get connections(): number {
    return this.living.reduce((sum, proxy) => sum + proxy.connections, 0);
  }

  /** Returns the open connections that match, those of each proxy oldest first. @param most at most as many */
  openConnections(matches?: (connection: OpenNow) => boolean, most = Number.POSITIVE_INFINITY): OpenConnection[] {
    return this.living.flatMap((proxy) => proxy.openConnections(matches, most)).slice(0, most);
  }

  /** How far the open connections got, in any order. This is much cheaper than `openConnections`. */
  openNow(): readonly OpenNow[] {
    return this.living.flatMap((proxy) => proxy.openNow());
  }

  /**
   * Ends an open connection.
   *
   * @param close how the client's connection is closed; 320 sends Connection.Close with CONNECTION_FORCED first
   * @returns false when no connection has that id
   * @throws ConfigError when its handshake has not come far enough for a Close
   */
  end(id: string, close: 'fin' | 'rst' | 320): boolean {
    return this.living.some((proxy) => proxy.end(id, close));
  }

  /** Resolves when the listener of a proxy, or of each, is in the state that its faults require. */
  async settled(name?: string): Promise<void> {
    const entries = name === undefined ? [...this.entries.values()] : [this.entries.get(name)];
    await Promise.all(entries.map((entry) => entry?.open?.proxy.settleListener()));
  }

  /**
   * Opens, changes and closes proxies until they match the config. Open connections continue, and proxies that were created
   * through the control API are left alone.
   *
   * @throws ConfigError when a certificate or a rule for health checks cannot be used, or a created proxy has one of the names
   * @throws StartError when a listener cannot be opened; then nothing has changed
   */
  apply(configs: readonly ProxyConfig[]): Promise<void> {
    return this.turns.take(async () => {
      refuseUnreadStyles(configs);
      const wanteds = configs.map((wanted) => {
        const before = this.entries.get(wanted.name);
        if (before && !before.isConfigured) {
          throw new ConfigError(
            `proxy ${wanted.name} was created through the control API and must not be in the config`,
          );
        }
        return { wanted, isConfigured: true, before };
      });
      const names = new Set(configs.map(({ name }) => name));
      const others = [...this.entries.values()].filter(({ wanted }) => !names.has(wanted.name));
      const gone = others.filter(({ isConfigured }) => isConfigured);
      const entries = await this.opener.entriesFor(wanteds, this.entries, gone);
      for (const { before, open } of [
        ...entries.map(({ wanted, open }) => ({ before: this.entries.get(wanted.name)?.open, open })),
        ...gone.map(({ open }) => ({ before: open, open: null })),
      ]) {
        if (before && open?.proxy !== before.proxy) this.retire(before.proxy, null);
        open?.proxy.reconfigure(open.settings);
      }
      const created = others.filter(({ isConfigured }) => !isConfigured);
      this.replace(new Map([...entries, ...created].map((entry) => [entry.wanted.name, entry])));
    });
  }

  /**
   * Creates a proxy, which listens if it is enabled.
   *
   * @throws ConfigError when the name is taken
   * @throws StartError when it cannot listen; then it is not created
   */
  create(wanted: ProxyConfig): Promise<ProxyState> {
    return this.turns.take(async () => {
      if (this.entries.has(wanted.name)) throw new ConfigError(`proxy ${wanted.name} already exists`);
      return (await this.put([wanted]))[0] as ProxyState;
    });
  }

  /**
   * Changes a proxy. Disabling it, or changing its listener or upstream, ends its connections with a FIN.
   *
   * @returns undefined when no proxy has that name
   * @throws ConfigError when its mode cannot apply its rules for health checks
   * @throws StartError when it cannot listen; then nothing has changed
   */
  change(name: string, change: ProxyChange): Promise<ProxyState | undefined> {
    return this.turns.take(async () => {
      const before = this.entries.get(name);
      if (!before) return undefined;
      const wanted = { ...before.wanted, ...change };
      if (isDeepStrictEqual(wanted, before.wanted)) return stateOf(before);
      return (await this.put([wanted]))[0];
    });
  }

  /**
   * Creates and changes several proxies at once. They can exchange their ports.
   *
   * @param wanteds a whole config for a proxy that does not exist, a change for one that does; the names differ
   * @throws StartError when one of them cannot listen; then nothing has changed
   */
  changeAll(wanteds: readonly (ProxyConfig | (ProxyChange & { readonly name: string }))[]): Promise<ProxyState[]> {
    return this.turns.take(() =>
      this.put(wanteds.map((wanted) => ({ ...this.entries.get(wanted.name)?.wanted, ...wanted }) as ProxyConfig)),
    );
  }

  /** Removes a proxy and ends its connections with a FIN. Returns false when no proxy has that name. */
  remove(name: string): Promise<boolean> {
    return this.turns.take(async () => {
      const entry = this.entries.get(name);
      if (!entry) return false;
      const next = new Map(this.entries);
      next.delete(name);
      this.replace(next);
      if (entry.open) this.retire(entry.open.proxy, GRACE);
      return true;
    });
  }

  /** Closes all listeners and waits for open connections to end. After `drainTimeout` ms they are reset. */
  async close(drainTimeout: number): Promise<void> {
    await Promise.all(this.living.map((proxy) => proxy.close(drainTimeout)));
  }

  /** Proxies that may have connections. */
  private get living(): readonly AmqpProxy[] {
    return [...[...this.entries.values()].flatMap(({ open }) => open?.proxy ?? []), ...this.retired];
  }

  private async put(wanteds: readonly ProxyConfig[]): Promise<ProxyState[]> {
    refuseUnreadStyles(wanteds);
    const all = this.entries;
    const entries = await this.opener.entriesFor(
      wanteds.map((wanted) => {
        const before = all.get(wanted.name);
        return { wanted, isConfigured: before?.isConfigured ?? false, before };
      }),
      all,
    );
    const next = new Map(all);
    for (const entry of entries) {
      const { wanted, open } = entry;
      const before = all.get(wanted.name);
      next.set(wanted.name, entry);
      if (!before?.open) continue;
      if (open?.proxy !== before.open.proxy) this.retire(before.open.proxy, GRACE);
      else if (!isDeepStrictEqual(wanted.upstream, before.wanted.upstream)) open.proxy.stopAll('fin');
      open?.proxy.reconfigure(open.settings);
    }
    this.replace(next);
    return entries.map(stateOf);
  }

  private replace(entries: Map<string, Entry>): void {
    const before = new Map(this.states.map((state) => [state.name, state]));
    this.entries = entries;
    for (const proxy of this.states) {
      const known = before.get(proxy.name);
      before.delete(proxy.name);
      if (!isDeepStrictEqual(known, proxy)) this.changed({ action: known ? 'changed' : 'created', proxy });
    }
    for (const proxy of before.values()) this.changed({ action: 'removed', proxy });
    this.certificates.retain([...entries.values()].map(({ wanted }) => wanted));
  }

  /** @param grace ms between the FIN to open connections and their reset; null lets them continue */
  private retire(proxy: AmqpProxy, grace: number | null): void {
    this.retired.add(proxy);
    void proxy.close(grace).then(() => this.retired.delete(proxy));
    if (grace !== null) proxy.stopAll('fin');
  }
}
