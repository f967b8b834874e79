import type { Clock } from '../clock.js';
import type { ProxyConfig } from '../config/schema.js';
import type { ProxySettings } from '../proxy/proxy-settings.js';
import type { Log } from '../report/log.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { StandIn } from '../stand-in/stand-in.js';
import { formatAddress } from '../text/address.js';
import { acceptsConnections, LOCAL_BROKER } from './broker-here.js';

type Upstream = ProxySettings['upstream'];

/** Dialect of the stand-in for a proxy with `dialect: auto`, which has no broker to learn from. */
const STAND_IN_DIALECT = '3.6';

/** The upstreams that proxies dial: brokers, and stand-ins that replace missing ones. */
export class Upstreams {
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly standIns = new Map<string, { readonly standIn: StandIn; readonly upstream: Upstream }>();
  /** `auto` is decided once, so that a proxy does not switch to a broker that starts later. */
  private localBroker: Promise<boolean> | undefined;

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.log = log;
    this.clock = clock;
  }

  /** Returns the upstream of a proxy. Starts a stand-in if it needs one. */
  async of(config: ProxyConfig): Promise<Upstream> {
    if (typeof config.upstream === 'object') return { ...config.upstream, label: formatAddress(config.upstream) };
    if (config.upstream === 'auto') {
      this.localBroker ??= acceptsConnections(LOCAL_BROKER);
      if (await this.localBroker) return { ...LOCAL_BROKER, label: formatAddress(LOCAL_BROKER) };
    }
    return this.standInFor(config);
  }

  /** Whether there is a stand-in: connections to it have another socket in this process. */
  get hasStandIn(): boolean {
    return this.standIns.size > 0;
  }

  /** Closes the stand-ins. */
  async close(): Promise<void> {
    await Promise.all([...this.standIns.values()].map(({ standIn }) => standIn.close()));
  }

  private async standInFor({ name, upstream, dialect, amqp10, handshakeTimeout }: ProxyConfig): Promise<Upstream> {
    const spoken = dialect === 'auto' ? STAND_IN_DIALECT : dialect;
    const key = `${name} ${spoken} ${amqp10} ${handshakeTimeout}`;
    const known = this.standIns.get(key);
    if (known) return known.upstream;
    const rules = headerRules({ dialect: spoken, amqp10 }, NOTHING_LEARNED);
    const standIn = new StandIn({ rules, handshakeTimeout, clock: this.clock });
    const made = { ...(await standIn.listen()), label: 'stand-in' };
    this.standIns.set(key, { standIn, upstream: made });
    const why = upstream === 'auto' ? `no broker on ${formatAddress(LOCAL_BROKER)}; ` : '';
    this.log.say('warning', `${name}: ${why}using the built-in stand-in, which only speaks the AMQP handshake`);
    return made;
  }
}
