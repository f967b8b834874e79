import { isDeepStrictEqual } from 'node:util';
import type { ProxyConfig } from '../config/schema.js';
import { AmqpProxy, type ProxyDeps } from '../proxy/amqp-proxy.js';
import type { ProxySettings } from '../proxy/proxy-settings.js';
import { formatAddress, parseAddress } from '../text/address.js';
import type { Certificates } from './certificates.js';
import type { Entry, Open } from './proxy-state.js';
import { StartError } from './start-error.js';
import type { Upstreams } from './upstreams.js';

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
   * The entry for a proxy, which listens if it is enabled. A proxy that already listens on the wanted address is kept and
   * not reconfigured yet; otherwise the previous listener stays open, unless both need the same port.
   *
   * @throws ConfigError when a certificate cannot be used
   * @throws StartError when it cannot listen; the previous listener is then open
   */
  async entryFor(wanted: ProxyConfig, isConfigured: boolean, before?: Entry): Promise<Entry> {
    const listensThere = before !== undefined && isDeepStrictEqual(before.wanted.listen, wanted.listen);
    const bound = listensThere ? before.bound : null;
    if (!wanted.enabled) return { wanted, isConfigured, bound, open: null };
    const settings = await this.settingsFor(wanted);
    if (listensThere && before.open)
      return { wanted, isConfigured, bound, open: { settings, proxy: before.open.proxy } };
    // A proxy that is enabled again listens on the port that was picked for it before.
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
    // The stand-in runs in this process and does not speak TLS.
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

  /** Moves to another address with the same port, which two listeners may not share. If that fails, the old one reopens. */
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
}
