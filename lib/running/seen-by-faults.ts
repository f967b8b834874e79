import type { Stage } from '../amqp/stage.js';
import type { FaultList } from '../faults/fault-list.js';
import type { LiveFault } from '../faults/live-fault.js';
import type { FaultActed } from '../report/events.js';

/** A connection on which a fault acted. */
export type Seen = {
  /** The id of the connection, as in its report. */
  readonly connection: string;
  /** The moment at which it acted. */
  readonly at: string;
  readonly stage: Stage;
};

/** Maximum connections kept per fault. Older ones are dropped. */
const KEPT = 10_000;

/** The connections that each fault has acted on. */
export class SeenByFaults {
  private readonly list: FaultList;
  private readonly seen = new WeakMap<LiveFault, Seen[]>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** Records that a fault has acted. */
  acted({ id: connection, fault, stage }: FaultActed): void {
    const live = this.list.get(fault.id);
    if (!live) return;
    const seen = this.of(live) as Seen[];
    seen.push({ connection, at: fault.at, stage });
    if (seen.length > KEPT) seen.shift();
  }

  /** The connections that a fault has acted on, in order. Returns the same list on each call, which grows. */
  of(live: LiveFault): readonly Seen[] {
    const seen = this.seen.get(live) ?? [];
    this.seen.set(live, seen);
    return seen;
  }
}
