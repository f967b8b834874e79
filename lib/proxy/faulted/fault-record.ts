import type { Reason } from '../../amqp/reason.js';
import type { Fault } from '../../faults/fault.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Moment } from '../../faults/moment.js';
import type { TlsMoment } from '../../faults/tls/tls-act.js';
import type { FaultHit } from '../../report/report.js';

/** How a fault ended a connection for its client. */
export type FaultEnd = {
  readonly hit: FaultHit;
  /** The reason that the fault imitates; null: the reason is the fault itself. */
  readonly imitates: Reason | null;
  /** The Connection.Close that was sent to the client; null for none. */
  readonly connectionClose: { readonly code: number; readonly text: string } | null;
};

/** Maximum faults that a report lists. A fault that is removed and added again can act on one connection without end. */
const MOST_HITS = 100;
/** Maximum faults that can still end the connection: as many as an instance can have. */
const MOST_RECENT = 1000;

/** Which faults acted on a connection, and which one ended it. */
export class FaultRecord {
  /** The first that acted. */
  readonly hits: FaultHit[] = [];
  /** How many acted after these. */
  omitted = 0;
  last: FaultHit | null = null;
  private readonly once = new WeakSet<LiveFault>();
  private readonly recent = new Map<string, FaultHit>();
  end: FaultEnd | null = null;
  private readonly acted: (hit: FaultHit) => void;

  /** @param acted called for each fault that acts */
  constructor(acted: (hit: FaultHit) => void) {
    this.acted = acted;
  }

  add(id: string, { name, type }: Pick<Fault, 'name' | 'type'>, at: Moment | TlsMoment): void {
    const hit = { id, name, type, at };
    this.last = hit;
    if (this.hits.length < MOST_HITS) this.hits.push(hit);
    else this.omitted += 1;
    this.recent.delete(id);
    this.recent.set(id, hit);
    const [oldest = id] = this.recent.keys();
    if (this.recent.size > MOST_RECENT) this.recent.delete(oldest);
    this.acted(hit);
  }

  /** Adds a fault unless it was added like this before: one that stops and acts again is recorded once. */
  addOnce(live: LiveFault, at: Moment): void {
    if (!this.once.has(live)) this.add(live.id, live.fault, at);
    this.once.add(live);
  }

  /** Only the first end counts. */
  endedBy(id: string, how: Omit<FaultEnd, 'hit'>): void {
    const hit = this.recent.get(id);
    if (hit) this.end ??= { hit, ...how };
  }
}
