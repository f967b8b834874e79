import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '../../clock.js';
import { acceptanceOf } from '../../faults/accept/acceptance.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import type { UpstreamState } from '../../report/events.js';
import { Listener } from './listener.js';
import { type ProbeTarget, type UpstreamListener, UpstreamMirror } from './upstream-mirror.js';

/** The listener of a proxy. Its port is refused while the proxy is down, a fault wants that, or the upstream that it mirrors is down. */
export class ProxyListener {
  private readonly listener: Listener;
  private readonly faults: ProxyFaults;
  private readonly clock: Clock;
  private readonly changed: UpstreamListener;
  private isDown = false;
  private mirror: UpstreamMirror | undefined;
  private target: ProbeTarget | null = null;

  constructor(options: {
    readonly faults: ProxyFaults;
    readonly clock: Clock;
    readonly accepted: (socket: Socket) => void;
    /** As `failed` of `Listener`. */
    readonly failed: (code: string) => void;
    /** The upstream that it mirrors is up or down. */
    readonly upstreamChanged: UpstreamListener;
  }) {
    this.listener = new Listener(options.accepted, options.failed);
    this.faults = options.faults;
    this.clock = options.clock;
    this.changed = options.upstreamChanged;
  }

  /** Whether the upstream that it mirrors is up; null: it mirrors none. */
  get upstreamState(): UpstreamState['state'] | null {
    return this.mirror?.state ?? null;
  }

  /** @throws the operating system's error, with `code` EADDRINUSE, EACCES, ... */
  async listen(host: string, port: number): Promise<AddressInfo> {
    void this.settle();
    return this.listener.listen(host, port);
  }

  /** Resolves when it is in the state that is wanted. */
  settle(): Promise<void> {
    const isRefused = this.isDown || this.upstreamState === 'down';
    return this.listener.set(isRefused ? 'refuse' : acceptanceOf(this.faults.active.map(({ fault }) => fault)));
  }

  /** The proxy is up or down. Resolves when that is in effect. */
  setDown(isDown: boolean): Promise<void> {
    this.isDown = isDown;
    return this.settle();
  }

  /** Mirrors an upstream, or none. Resolves when it is known whether that is up. */
  async follow(target: ProbeTarget | null): Promise<void> {
    if (isSame(target, this.target)) return;
    this.target = target;
    this.mirror?.stop();
    this.mirror = target === null ? undefined : new UpstreamMirror(target, this.clock, this.upstreamIs);
    await this.mirror?.start();
    await this.settle();
  }

  /** A connection could not be dialed. */
  dialFailed(code: string): void {
    this.mirror?.failed(code);
  }

  /** Resolves when all connections have ended. */
  close(): Promise<void> {
    this.mirror?.stop();
    return this.listener.close();
  }

  private readonly upstreamIs: UpstreamListener = (state, code) => {
    void this.settle();
    this.changed(state, code);
  };
}

function isSame(one: ProbeTarget | null, other: ProbeTarget | null): boolean {
  if (one === null || other === null) return one === other;
  return one.host === other.host && one.port === other.port && one.connectTimeout === other.connectTimeout;
}
