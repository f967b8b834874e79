import type { ProxySettings } from '../../lib/proxy/proxy-settings.js';
import type { Report } from '../../lib/report/report.js';
import type { Case } from '../support/corpus.js';
import { until } from '../support/rabbitmq/until.js';
import { OneAtATime, playClient } from './lane.js';
import { fromLocalPort } from './local-ports.js';
import { ProxyInFront } from './proxy-in-front.js';
import type { SideView } from './side.js';
import { NO_SIDE } from './side.js';
import type { Direct, Proxied } from './sides.js';
import { noticingStalls } from './stalls.js';
import type { Subject } from './subject.js';
import type { TwoSided } from './two-sided.js';
import type { Venue, VenueOptions } from './venue.js';

/** How many scripts of each mode are played at the same time. */
const LANES = 4;

/** How long a server may take to see a connection, in ms. */
const SEEN = 1_000;

/** A server for direct clients, one behind a proxy, and that proxy. One script at a time, so that ends can be matched. */
class Lane implements AsyncDisposable {
  private readonly servers: readonly [direct: OneAtATime, proxied: OneAtATime];
  private readonly proxy: ProxyInFront;

  private constructor(servers: readonly [OneAtATime, OneAtATime], proxy: ProxyInFront) {
    this.servers = servers;
    this.proxy = proxy;
  }

  static async open(subject: Subject, settings: Partial<ProxySettings>): Promise<Lane> {
    const servers = [await OneAtATime.start(), await OneAtATime.start()] as const;
    const { host, port } = servers[1];
    const upstream = { host, port, label: `${host}:${port}` };
    return new Lane(servers, await ProxyInFront.of(subject, { ...settings, upstream }));
  }

  async play(script: TwoSided): Promise<readonly [Direct, Proxied]> {
    return Promise.all([noticingStalls(() => this.playDirect(script)), noticingStalls(() => this.playProxied(script))]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    for (const server of this.servers) await server[Symbol.asyncDispose]();
  }

  private async reportOf(port: number): Promise<Report | 'without address' | undefined> {
    const { reports, withoutAddress } = await this.proxy.take();
    return reports.get(port) ?? (withoutAddress > 0 ? 'without address' : undefined);
  }

  private async playDirect({ client, server }: TwoSided): Promise<Direct> {
    const [target] = this.servers;
    target.expect(server);
    const view = await fromLocalPort((port) => playClient(target, port, client));
    // The kernel has accepted the connection; Node may not have seen it yet.
    while (target.view === undefined) await new Promise(setImmediate);
    return { ...timed(view, await target.view), entries: undefined };
  }

  private async playProxied({ client, server }: TwoSided): Promise<Proxied> {
    const [, target] = this.servers;
    target.expect(server);
    const view = await fromLocalPort((port) => playClient(this.proxy, port, client));
    // A client that resets at once is gone before the proxy has accepted it.
    const report = await until(() => this.reportOf(view.port), SEEN);
    // Node may not have seen the proxy's connection yet.
    const isDialed = typeof report === 'object' && report.upstream !== null;
    if (isDialed) await until(() => target.view !== undefined, SEEN);
    const both = timed(view, (await target.view) ?? NO_SIDE);
    return { ...both, entries: [], report };
  }
}

/** The time of an end is counted from the other side's close, if there was one. */
function timed(client: SideView, server: SideView) {
  const since = (view: SideView, other: SideView) =>
    view.end === 'fin' || view.end === 'rst' ? Math.max(0, view.endedAt - (other.closedAt ?? view.endedAt)) : 0;
  return {
    end: client.end,
    received: client.received,
    ms: since(client, server),
    server: { end: server.end, received: server.received, ms: since(server, client) },
  };
}

/** Several servers that a script controls, each with a proxy in front of it, in guard or in observe mode. */
export async function laneVenue(subject: Subject, options: VenueOptions): Promise<Venue> {
  const settings = { close: options.close ?? 'rst', ...options.proxy };
  const lanes = new Map<TwoSided['mode'], Lane[]>();
  for (const mode of ['guard', 'observe'] as const) {
    const opened = Array.from({ length: LANES }, () => Lane.open(subject, { ...settings, mode }));
    lanes.set(mode, await Promise.all(opened));
  }
  return {
    play: async (scripts: readonly Case[]) => {
      const results: (readonly [Direct, Proxied])[] = [];
      const playAll = async (mode: TwoSided['mode']) => {
        const waiting = (scripts as readonly TwoSided[]).entries();
        const own = [...waiting].filter(([, script]) => script.mode === mode).values();
        const playWaiting = async (lane: Lane) => {
          for (const [at, script] of own) {
            results[at] = await lane.play(script);
            options.played?.();
          }
        };
        await Promise.all((lanes.get(mode) ?? []).map(playWaiting));
      };
      await Promise.all([playAll('guard'), playAll('observe')]);
      return results;
    },
    [Symbol.asyncDispose]: async () => {
      for (const lane of [...lanes.values()].flat()) await lane[Symbol.asyncDispose]();
    },
  };
}
