import type { Clock } from '../clock.js';
import { FaultList, type LiveFault } from './fault-list.js';

/** The faults of one proxy, as its connections see them. It outlives the proxy's listener. */
export class ProxyFaults {
  readonly list: FaultList;
  /** Those that are in their time, in the order in which they were added. */
  active: readonly LiveFault[] = [];
  /** There has been one: only then connections carry what faults need. */
  isUsed = false;
  /** How many connections the proxy has accepted. */
  connections = 0;
  private readonly listeners = new Set<() => void>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** @param changed called when `active` has changed. @returns what ends it */
  listen(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }

  set(active: readonly LiveFault[]): void {
    this.active = active;
    this.isUsed ||= active.length > 0;
    for (const changed of [...this.listeners]) changed();
  }
}

/** The faults of an instance, and what each of its proxies sees of them. */
export class Faults {
  readonly list: FaultList;
  private readonly proxies = new Map<string, ProxyFaults>();

  constructor({ seed, clock }: { readonly seed: number; readonly clock: Clock }) {
    this.list = new FaultList({
      seed,
      clock,
      connectionsOf: (proxy) => this.of(proxy).connections,
      changed: (proxies) => {
        for (const proxy of proxies) this.of(proxy).set(this.list.active(proxy));
      },
    });
  }

  /** The proxy is gone. One that gets its name later begins anew. */
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
