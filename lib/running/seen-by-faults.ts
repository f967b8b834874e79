import type { Stage } from '../amqp/stage.js';
import type { FaultList, LiveFault } from '../faults/fault-list.js';
import type { FaultActed } from '../report/events.js';

/** A connection on which a fault acted. */
export type Seen = {
  /** The id of the connection, as in its report. */
  readonly connection: string;
  /** The moment at which it acted. */
  readonly at: string;
  readonly stage: Stage;
};

/** Of each fault so many are kept; older ones are forgotten. */
const KEPT = 10_000;

/** What each fault has acted on. */
export class SeenByFaults {
  private readonly list: FaultList;
  private readonly seen = new WeakMap<LiveFault, Seen[]>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** A fault has acted. */
  acted({ id: connection, fault, stage }: FaultActed): void {
    const live = this.list.get(fault.id);
    if (!live) return;
    const seen = this.of(live) as Seen[];
    seen.push({ connection, at: fault.at, stage });
    if (seen.length > KEPT) seen.shift();
  }

  /** In order; the same list each time, which grows. A fault can act before anybody asks: on open connections. */
  of(live: LiveFault): readonly Seen[] {
    const seen = this.seen.get(live) ?? [];
    this.seen.set(live, seen);
    return seen;
  }
}
