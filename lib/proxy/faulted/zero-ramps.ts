import type { Clock, Timer } from '../../clock.js';
import type { LiveFault } from '../../faults/live-fault.js';
import { endOfZero } from '../../faults/ramp.js';
import { rampsOf } from '../../faults/values.js';

/**
 * The ramps of one connection that begin at 0. A link reads the value of a ramp whenever it needs it. Only a link that waits
 * because a value is 0, such as a rate, would wait forever, so it is updated when the value is no longer 0.
 */
export class ZeroRamps {
  private readonly clock: Clock;
  private readonly ended: (live: LiveFault) => void;
  private readonly timers = new Map<LiveFault, Timer>();

  /** @param ended called when a ramp of a fault is no longer 0 */
  constructor(clock: Clock, ended: (live: LiveFault) => void) {
    this.clock = clock;
    this.ended = ended;
  }

  /** The fault has begun to act, or has changed. */
  watch(live: LiveFault): void {
    this.forget(live);
    const { fault, addedAt } = live;
    const began = addedAt + (fault.when.after ?? 0);
    const waits = rampsOf(fault).flatMap(([, ramp]) => endOfZero(ramp) ?? []);
    const next = waits.map((wait) => began + wait - this.clock.ticks()).filter((wait) => wait > 0);
    if (next.length === 0) return;
    // Node.js cuts the fraction of a millisecond.
    const timer = this.clock.start(
      () => {
        this.ended(live);
        this.watch(live);
      },
      Math.ceil(Math.min(...next)),
    );
    this.timers.set(live, timer);
  }

  /** The fault does not act any more. */
  forget(live: LiveFault): void {
    const timer = this.timers.get(live);
    if (timer !== undefined) this.clock.stop(timer);
    this.timers.delete(live);
  }

  stop(): void {
    for (const live of [...this.timers.keys()]) this.forget(live);
  }
}
