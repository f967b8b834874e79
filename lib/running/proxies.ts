import { isDeepStrictEqual } from 'node:util';
import type { HeaderRules } from '../amqp/classifier.js';
import type { ProxyConfig } from '../config/schema.js';
import { ConfigError } from '../errors.js';
import { AmqpProxy, type ProxyDeps } from '../proxy/amqp-proxy.js';
import type { ProxySettings } from '../proxy/proxy-settings.js';
import type { OpenConnection } from '../report/report.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { type Address, formatAddress, parseAddress } from '../text/address.js';
import type { Certificates } from './certificates.js';
import { InTurn } from './in-turn.js';
import { StartError } from './start-error.js';
import type { Upstreams } from './upstreams.js';

/** A proxy that listens. */
export type Running = {
  readonly name: string;
  /** As numbers: `127.0.0.1:5673`. */
  readonly listen: string;
  /** What it dials, as reports call it. */
  readonly upstream: string;
  /** What is behind it; null until that is known, and with a dialect that is named. */
  readonly learned: { readonly product: string; readonly version: string | null; readonly dialect: string } | null;
};

/** A proxy, whether it listens or not. */
export type ProxyState = Running & {
  readonly enabled: boolean;
  readonly mode: ProxyConfig['mode'];
  readonly dialect: string;
  /** Its listener as it was asked for; `listen` has the one that was bound. */
  readonly asked: Address;
};

/** What has happened to a proxy. */
export type ProxyChanged = { readonly action: 'created' | 'changed' | 'removed'; readonly proxy: ProxyState };

/** What can be changed of a proxy while it runs; what is left out stays. */
export type ProxyChange = Partial<Pick<ProxyConfig, 'listen' | 'upstream' | 'enabled' | 'mode' | 'dialect'>>;

type Open = { readonly settings: ProxySettings; readonly proxy: AmqpProxy };

type Entry = {
  readonly wanted: ProxyConfig;
  /** False: it was made while the instance ran, and a config knows nothing of it. */
  readonly isConfigured: boolean;
  /** The address that was bound last; null if there was none yet. It is kept while the proxy does not listen. */
  readonly bound: string | null;
  /** Null while it does not listen. */
  readonly open: Open | null;
};

/** How long clients that do not take their FIN have until they are reset, in ms. */
const GRACE = 1_000;

/** The proxies of a running instance: brought in line with a config, again and again, and changed one by one. */
export class Proxies {
  private readonly upstreams: Upstreams;
  private readonly certificates: Certificates;
  private readonly deps: ProxyDeps;
  private readonly opened: (proxy: AmqpProxy) => void;
  private readonly changed: (change: ProxyChanged) => void;
  private entries = new Map<string, Entry>();
  /** They listen no more; their last connections go on. */
  private readonly retired = new Set<AmqpProxy>();
  /** Changes are made one after the other. */
  private readonly turns = new InTurn();

  /**
   * @param opened called with each new proxy, before it listens
   * @param changed hears of each change once it is made
   */
  constructor(
    upstreams: Upstreams,
    certificates: Certificates,
    deps: ProxyDeps,
    opened: (proxy: AmqpProxy) => void,
    changed: (change: ProxyChanged) => void = () => {},
  ) {
    this.upstreams = upstreams;
    this.certificates = certificates;
    this.deps = deps;
    this.opened = opened;
    this.changed = changed;
  }

  /** Those that listen. */
  get all(): readonly Running[] {
    return this.states
      .filter(({ enabled }) => enabled)
      .map(({ name, listen, upstream, learned }) => ({ name, listen, upstream, learned }));
  }

  /** All of them, in the order in which they came. */
  get states(): readonly ProxyState[] {
    return [...this.entries.values()].map(stateOf);
  }

  /** Undefined when there is none of that name. */
  state(name: string): ProxyState | undefined {
    const entry = this.entries.get(name);
    return entry && stateOf(entry);
  }

  /** How a proxy would judge octets now. Undefined when there is none of that name. */
  judging(
    name: string,
  ): (Pick<ProxyConfig, 'mode' | 'handshakeTimeout' | 'close'> & { readonly rules: HeaderRules }) | undefined {
    const { wanted, open } = this.entries.get(name) ?? {};
    return wanted && { ...wanted, rules: open?.proxy.rules ?? headerRules(wanted, NOTHING_LEARNED) };
  }

  /** How many connections are open. */
  get connections(): number {
    return this.living.reduce((sum, proxy) => sum + proxy.connections, 0);
  }

  get openConnections(): readonly OpenConnection[] {
    return this.living.flatMap((proxy) => proxy.openConnections());
  }

  /**
   * Ends an open connection. `close`: how its client sees it; 320 is a Close of AMQP, CONNECTION_FORCED.
   *
   * @returns false when there is none with that id
   * @throws ConfigError when it is not open enough for a Close
   */
  end(id: string, close: 'fin' | 'rst' | 320): boolean {
    return this.living.some((proxy) => proxy.end(id, close));
  }

  /** Ends when the listener of a proxy is as its faults want it. */
  async settled(name?: string): Promise<void> {
    const entries = name === undefined ? [...this.entries.values()] : [this.entries.get(name)];
    await Promise.all(entries.map((entry) => entry?.open?.proxy.settleListener()));
  }

  /**
   * Opens, changes and closes proxies until they are those of the config; open connections are left alone, and so are
   * proxies that were created meanwhile.
   *
   * @throws ConfigError when a certificate cannot be used, or a name is taken by a proxy that was created
   * @throws StartError when a listener cannot be opened; then nothing has changed
   */
  apply(configs: readonly ProxyConfig[]): Promise<void> {
    return this.turns.take(async () => {
      const next = new Map<string, Entry>();
      const fresh: AmqpProxy[] = [];
      try {
        for (const wanted of configs) {
          const before = this.entries.get(wanted.name);
          if (before && !before.isConfigured) {
            throw new ConfigError(
              `proxy ${wanted.name} was created through the control API, and must not be in the config`,
            );
          }
          const entry = await this.entryFor(wanted, true, before);
          if (entry.open && entry.open.proxy !== before?.open?.proxy) fresh.push(entry.open.proxy);
          next.set(wanted.name, entry);
        }
      } catch (error) {
        await Promise.all(fresh.map((proxy) => proxy.close(0)));
        throw error;
      }
      for (const [name, before] of this.entries) {
        if (!before.isConfigured) next.set(name, before);
        else if (before.open && next.get(name)?.open?.proxy !== before.open.proxy) this.retire(before.open.proxy, null);
      }
      for (const { open } of next.values()) open?.proxy.reconfigure(open.settings);
      this.replace(next);
    });
  }

  /**
   * Creates a proxy, and opens it unless it is not enabled.
   *
   * @throws ConfigError when there is one of that name
   * @throws StartError when it cannot listen; then there is none
   */
  create(wanted: ProxyConfig): Promise<ProxyState> {
    return this.turns.take(async () => {
      if (this.entries.has(wanted.name)) throw new ConfigError(`proxy ${wanted.name} is there already`);
      return this.put(await this.entryFor(wanted, false));
    });
  }

  /**
   * Changes a proxy. One that is disabled, or gets another listener or upstream, ends its connections with a FIN.
   *
   * @returns undefined when there is none of that name
   * @throws StartError when it cannot listen; then nothing has changed
   */
  change(name: string, change: ProxyChange): Promise<ProxyState | undefined> {
    return this.turns.take(async () => {
      const before = this.entries.get(name);
      if (!before) return undefined;
      const wanted = { ...before.wanted, ...change };
      if (isDeepStrictEqual(wanted, before.wanted)) return stateOf(before);
      const { open } = before;
      const entry = await this.entryFor(wanted, before.isConfigured, before);
      if (open) {
        const isSame = isDeepStrictEqual(wanted.upstream, before.wanted.upstream);
        if (entry.open?.proxy !== open.proxy) this.retire(open.proxy, GRACE);
        else if (!isSame) open.proxy.stopAll('fin');
        entry.open?.proxy.reconfigure(entry.open.settings);
      }
      return this.put(entry);
    });
  }

  /** @returns false when there is none of that name */
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

  /** Closes all listeners and waits for the open connections; after `drainTimeout` ms they are reset. */
  async close(drainTimeout: number): Promise<void> {
    await Promise.all(this.living.map((proxy) => proxy.close(drainTimeout)));
  }

  /** Those that have, or may have, connections. */
  private get living(): readonly AmqpProxy[] {
    return [...[...this.entries.values()].flatMap(({ open }) => open?.proxy ?? []), ...this.retired];
  }

  /** Listens where that is wanted; whoever listened before still does. */
  private async entryFor(wanted: ProxyConfig, isConfigured: boolean, before?: Entry): Promise<Entry> {
    const listensThere = before !== undefined && isDeepStrictEqual(before.wanted.listen, wanted.listen);
    const bound = listensThere ? before.bound : null;
    if (!wanted.enabled) return { wanted, isConfigured, bound, open: null };
    const settings = await this.settingsFor(wanted);
    if (listensThere && before.open)
      return { wanted, isConfigured, bound, open: { settings, proxy: before.open.proxy } };
    // The port that it had is its own.
    const listen = bound === null ? wanted.listen : parseAddress(bound);
    const sharesPort = before?.open && listen.port !== 0 && before.bound?.endsWith(`:${listen.port}`);
    const opened = sharesPort
      ? await this.move(before, { ...settings, listen })
      : await this.open({ ...settings, listen });
    return { wanted, isConfigured, bound: opened.bound, open: { settings, proxy: opened.proxy } };
  }

  private async settingsFor(wanted: ProxyConfig): Promise<ProxySettings> {
    const { tls, upstreamTls } = this.certificates.of(wanted);
    const upstream = await this.upstreams.of(wanted);
    // The stand-in is in this process.
    return { ...wanted, upstream, tls, upstreamTls: upstream.label === 'stand-in' ? null : upstreamTls };
  }

  private async open(settings: ProxySettings): Promise<{ readonly bound: string; readonly proxy: AmqpProxy }> {
    const proxy = new AmqpProxy(settings, this.deps);
    this.opened(proxy);
    try {
      return { bound: await proxy.listen(), proxy };
    } catch (error) {
      await proxy.close(0);
      throw new StartError(`proxy ${settings.name} cannot listen on ${formatAddress(settings.listen)}`, error);
    }
  }

  /** To another address with the same port, which two listeners may not share. The old one comes back if that fails. */
  private async move({ open, bound }: Entry, settings: ProxySettings) {
    const { proxy } = open as Open;
    await proxy.down();
    try {
      return await this.open(settings);
    } catch (error) {
      await proxy.up();
      throw error instanceof StartError ? error : new StartError(`${settings.name} cannot leave ${bound}`, error);
    }
  }

  private put(entry: Entry): ProxyState {
    this.replace(new Map(this.entries).set(entry.wanted.name, entry));
    return stateOf(entry);
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

  /** @param grace ms after which connections that were ended with a FIN are reset; null lets them go on */
  private retire(proxy: AmqpProxy, grace: number | null): void {
    this.retired.add(proxy);
    void proxy.close(grace).then(() => this.retired.delete(proxy));
    if (grace !== null) proxy.stopAll('fin');
  }
}

function stateOf({ wanted, bound, open }: Entry): ProxyState {
  const { name, listen, upstream, enabled, mode, dialect } = wanted;
  const { product = null, version = null, dialect: spoken = null } = open?.proxy.learned ?? {};
  return {
    name,
    listen: bound ?? formatAddress(listen),
    upstream: open?.settings.upstream.label ?? (typeof upstream === 'object' ? formatAddress(upstream) : upstream),
    learned: product === null || spoken === null ? null : { product, version, dialect: spoken },
    enabled,
    mode,
    dialect,
    asked: listen,
  };
}
