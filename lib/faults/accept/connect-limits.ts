import type { Clock } from '../../clock.js';
import type { ConnectLimit } from '../fault-type.js';
import type { LiveFault } from '../live-fault.js';
import { limitOf } from './acceptance.js';
import { TokenBucket } from './token-bucket.js';

/** The token buckets of the faults of one proxy that limit its new connections. */
export class ConnectLimits {
  private readonly buckets = new WeakMap<LiveFault, TokenBucket>();

  /** The bucket of a fault that has a limit. */
  of(live: LiveFault, clock: Clock): TokenBucket {
    const known = this.buckets.get(live);
    if (known) return known;
    // The fault can be changed, but not its type.
    const made = new TokenBucket(clock, () => limitOf(live.fault) as ConnectLimit);
    this.buckets.set(live, made);
    return made;
  }
}
