import type { Clock } from '../../clock.js';
import type { FaultList } from '../fault-list.js';
import type { ConnectLimit } from '../fault-type.js';
import type { LiveFault } from '../live-fault.js';
import { limitOf } from './acceptance.js';
import { TokenBucket } from './token-bucket.js';

/** The token buckets of the faults of one proxy that limit its new connections. */
export class ConnectLimits {
  private readonly list: FaultList;
  private readonly buckets = new WeakMap<LiveFault, TokenBucket>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** The bucket of a fault that has a limit. */
  of(live: LiveFault, clock: Clock): TokenBucket {
    const known = this.buckets.get(live);
    if (known) return known;
    // The fault can be changed, but not its type.
    const made = new TokenBucket(clock, () => {
      const { type } = live.fault;
      return limitOf({ type, attributes: this.list.valuesOf(live) }) as ConnectLimit;
    });
    this.buckets.set(live, made);
    return made;
  }
}
