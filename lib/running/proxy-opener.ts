import { isDeepStrictEqual } from 'node:util';
import type { ProxyConfig } from '../config/schema.js';
import { AmqpProxy, type ProxyDeps } from '../proxy/amqp-proxy.js';
import type { ProxySettings } from '../proxy/proxy-settings.js';
import { formatAddress, isWildcard, parseAddress } from '../text/address.js';
import type { Certificates } from './certificates.js';
import type { Entry } from './proxy-state.js';
import { StartError } from './start-error.js';
import type { Upstreams } from './upstreams.js';

/** A proxy as it is to be, and its entry so far. */
export type Wanted = {
  readonly wanted: ProxyConfig;
  readonly isConfigured: boolean;
  readonly before?: Entry | undefined;
};

/** A wanted proxy with its settings; null if it is disabled. */
type Planned = Wanted & { readonly settings: ProxySettings | null };

/** Opens the listeners of proxies. */
export class ProxyOpener {
  private readonly upstreams: Upstreams;
  private readonly certificates: Certificates;
  private readonly deps: ProxyDeps;
  private readonly opened: (proxy: AmqpProxy) => void;

  /** @param opened called with each new proxy, before it listens */
  constructor(upstreams: Upstreams, certificates: Certificates, deps: ProxyDeps, opened: (proxy: AmqpProxy) => void) {
    this.upstreams = upstreams;
    this.certificates = certificates;
    this.deps = deps;
    this.opened = opened;
  }

  /**
   * The entries for proxies, which listen if they are enabled: all or none. A proxy that already listens on the wanted
   * address is kept and not reconfigured yet. A previous listener stays open, unless its port is needed: then it is closed
   * first, so that proxies can exchange ports. Open connections are not affected.
   *
   * @param all the entries so far
   * @param leaving those of them that are to be removed
   * @throws ConfigError when a certificate cannot be used
   * @throws StartError when one cannot listen; the previous listeners are then open
   */
  async entriesFor(
    wanteds: readonly Wanted[],
    all: ReadonlyMap<string, Entry>,
    leaving: readonly Entry[] = [],
  ): Promise<Entry[]> {
    const planned: Planned[] = [];
    for (const each of wanteds) planned.push({ ...each, settings: await this.settingsFor(each) });
    const needed = new Set(
      planned.filter((each) => !isKept(each)).flatMap(({ settings }) => settings?.listen.port ?? []),
    );
    needed.delete(0);
    const left = [...planned.filter((each) => !isKept(each)).flatMap(({ before }) => before ?? []), ...leaving];
    const released = left
      .filter(({ bound, open }) => open && needed.has(portOf(bound)))
      .flatMap(({ open }) => open ?? []);
    const entries: Entry[] = [];
    const fresh: AmqpProxy[] = [];
    await Promise.all(released.map(({ proxy }) => proxy.release()));
    try {
      for (const each of planned) {
        const entry = await this.entryFor(each, [...all.values(), ...entries]);
        entries.push(entry);
        if (entry.open && !isKept(each)) fresh.push(entry.open.proxy);
      }
      return entries;
    } catch (error) {
      await Promise.all(fresh.map((proxy) => proxy.close(0)));
      await Promise.all(released.map(({ proxy }) => proxy.up()));
      throw error;
    }
  }

  private async entryFor(planned: Planned, all: readonly Entry[]): Promise<Entry> {
    const { wanted, isConfigured, before, settings } = planned;
    const bound = before && listensThere(planned) ? before.bound : null;
    if (settings === null) return { wanted, isConfigured, bound, open: null };
    if (before?.open && isKept(planned)) {
      return { wanted, isConfigured, bound, open: { settings, proxy: before.open.proxy } };
    }
    const proxy = new AmqpProxy(settings, this.deps);
    this.opened(proxy);
    try {
      return { wanted, isConfigured, bound: await proxy.listen(), open: { settings, proxy } };
    } catch (error) {
      await proxy.close(0);
      const { name, listen } = settings;
      const what = `proxy ${name} cannot listen on ${formatAddress(listen)}`;
      throw new StartError(what, error, { listen, usedBy: ownerOf(error, all) });
    }
  }

  private async settingsFor({ wanted, before, ...each }: Wanted): Promise<ProxySettings | null> {
    if (!wanted.enabled) return null;
    const { tls, upstreamTls } = this.certificates.of(wanted);
    const upstream = await this.upstreams.of(wanted);
    // A proxy that is enabled again listens on the port that was picked for it before.
    const isAgain = before && !before.open && before.bound !== null && listensThere({ wanted, before, ...each });
    const listen = isAgain ? parseAddress(before.bound as string) : wanted.listen;
    // The stand-in runs in this process and does not speak TLS.
    return { ...wanted, listen, upstream, tls, upstreamTls: upstream.label === 'stand-in' ? null : upstreamTls };
  }
}

const listensThere = ({ wanted, before }: Wanted): boolean => isDeepStrictEqual(before?.wanted.listen, wanted.listen);

/** Whether the listener so far stays. */
const isKept = (each: Wanted): boolean => each.wanted.enabled && Boolean(each.before?.open) && listensThere(each);

const portOf = (bound: string | null): number => Number(bound?.slice(bound.lastIndexOf(':') + 1));

/** The proxy that listens where another could not: `proxy amqp`. */
function ownerOf(error: unknown, all: readonly Entry[]): string | undefined {
  const { address = '', port } = error as { readonly address?: string; readonly port?: number };
  const owner = all.find(({ bound, open }) => {
    if (!open || bound === null || portOf(bound) !== port) return false;
    const { host } = parseAddress(bound);
    return host === address || isWildcard(host) || isWildcard(address);
  });
  return owner && `proxy ${owner.wanted.name}`;
}
