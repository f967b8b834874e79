import type { Clock } from '../clock.js';
import { Overrides } from '../health-check/overrides.js';
import { ConnectLimits } from './accept/connect-limits.js';
import type { Fault } from './fault.js';
import { FaultList } from './fault-list.js';
import type { LiveFault } from './live-fault.js';

/** The faults of one proxy, for its connections. Kept while the proxy's listener is down. */
export class ProxyFaults {
  readonly list: FaultList;
  /** The faults within their `after` and `until`, in the order in which they were added. */
  active: readonly LiveFault[] = [];
  /** What scenarios put in the place of the proxy's `healthChecks`. */
  readonly answering = new Overrides();
  /** How far the faults that limit new connections have come. */
  readonly limits: ConnectLimits;
  /** How many connections the proxy has accepted. */
  connections = 0;
  private readonly listeners = new Set<() => void>();

  constructor(list: FaultList) {
    this.list = list;
    this.limits = new ConnectLimits(list);
  }

  /** @param changed called when `active` has changed. @returns a function that removes the listener */
  listen(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  set(active: readonly LiveFault[]): void {
    this.active = active;
    for (const changed of [...this.listeners]) changed();
  }
}

/** The faults of an instance, and the view that each of its proxies has of them. */
export class Faults {
  readonly list: FaultList;
  private readonly proxies = new Map<string, ProxyFaults>();

  /** @param options `problemsOf`: see `FaultList` */
  constructor({
    seed,
    clock,
    problemsOf,
  }: {
    readonly seed: number;
    readonly clock: Clock;
    readonly problemsOf?: (faults: readonly Fault[]) => readonly string[];
  }) {
    this.list = new FaultList({
      seed,
      clock,
      problemsOf,
      connectionsOf: (proxy) => this.of(proxy).connections,
      changed: (proxies) => {
        for (const proxy of proxies) this.of(proxy).set(this.list.active(proxy));
      },
    });
  }

  /** Called when a proxy is removed. A later proxy of the same name starts from 0. */
  forget(proxy: string): void {
    this.proxies.delete(proxy);
  }

  of(proxy: string): ProxyFaults {
    const known = this.proxies.get(proxy);
    if (known) return known;
    const made = new ProxyFaults(this.list);
    this.proxies.set(proxy, made);
    return made;
  }
}
