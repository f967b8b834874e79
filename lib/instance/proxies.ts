import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '../config/address.js';
import type { ProxyConfig } from '../config/schema.js';
import { AmqpProxy, type ProxyDeps, type ProxySettings } from '../proxy/amqp-proxy.js';
import type { Certificates } from './certificates.js';
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

type Open = Omit<Running, 'learned'> & {
  readonly wanted: ProxyConfig;
  readonly settings: ProxySettings;
  readonly proxy: AmqpProxy;
};

/** The proxies of a running instance: brought in line with a config, again and again. */
export class Proxies {
  private readonly upstreams: Upstreams;
  private readonly certificates: Certificates;
  private readonly deps: ProxyDeps;
  private readonly opened: (proxy: AmqpProxy) => void;
  private running = new Map<string, Open>();
  /** No longer in the config; their last connections go on. */
  private readonly retired = new Set<AmqpProxy>();

  /** @param opened called with each new proxy, before it listens */
  constructor(upstreams: Upstreams, certificates: Certificates, deps: ProxyDeps, opened: (proxy: AmqpProxy) => void) {
    this.upstreams = upstreams;
    this.certificates = certificates;
    this.deps = deps;
    this.opened = opened;
  }

  get all(): readonly Running[] {
    return [...this.running.values()].map(({ name, listen, upstream, proxy }) => {
      const { product, version, dialect } = proxy.learned;
      const learned = product === null || dialect === null ? null : { product, version, dialect };
      return { name, listen, upstream, learned };
    });
  }

  /** How many connections are open. */
  get connections(): number {
    const open = [...[...this.running.values()].map(({ proxy }) => proxy), ...this.retired];
    return open.reduce((sum, proxy) => sum + proxy.connections, 0);
  }

  /**
   * Opens, changes and closes proxies until they are those of the config; open connections are left alone.
   *
   * @throws ConfigError when a certificate cannot be used
   * @throws StartError when a listener cannot be opened; then nothing has changed
   */
  async apply(configs: readonly ProxyConfig[]): Promise<void> {
    const next = new Map<string, Open>();
    const fresh: Open[] = [];
    try {
      for (const wanted of configs.filter(({ enabled }) => enabled)) {
        const { tls, upstreamTls } = this.certificates.of(wanted);
        const upstream = await this.upstreams.of(wanted);
        // The stand-in is in this process.
        const settings = { ...wanted, upstream, tls, upstreamTls: upstream.label === 'stand-in' ? null : upstreamTls };
        const before = this.running.get(wanted.name);
        const stays = before !== undefined && isDeepStrictEqual(before.wanted.listen, wanted.listen);
        const open = stays
          ? { ...before, wanted, settings, upstream: settings.upstream.label }
          : await this.open(wanted, settings);
        if (!stays) fresh.push(open);
        next.set(wanted.name, open);
      }
    } catch (error) {
      await Promise.all(fresh.map(({ proxy }) => proxy.close(0)));
      throw error;
    }
    for (const { proxy, name } of this.running.values()) if (next.get(name)?.proxy !== proxy) this.retire(proxy);
    for (const { proxy, settings } of next.values()) proxy.reconfigure(settings);
    this.running = next;
    this.certificates.retain([...next.values()].map(({ wanted }) => wanted));
  }

  /** Closes all listeners and waits for the open connections; after `drainTimeout` ms they are reset. */
  async close(drainTimeout: number): Promise<void> {
    const open = [...[...this.running.values()].map(({ proxy }) => proxy), ...this.retired];
    await Promise.all(open.map((proxy) => proxy.close(drainTimeout)));
  }

  private async open(wanted: ProxyConfig, settings: ProxySettings): Promise<Open> {
    const proxy = new AmqpProxy(settings, this.deps);
    this.opened(proxy);
    try {
      const listen = await proxy.listen();
      return { name: wanted.name, listen, upstream: settings.upstream.label, wanted, settings, proxy };
    } catch (error) {
      throw new StartError(`proxy ${wanted.name} cannot listen on ${formatAddress(wanted.listen)}`, error);
    }
  }

  private retire(proxy: AmqpProxy): void {
    this.retired.add(proxy);
    void proxy.close(null).then(() => this.retired.delete(proxy));
  }
}
