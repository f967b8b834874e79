import type { Reason } from '../../amqp/reason.js';
import type { Fault } from '../../faults/fault.js';
import type { Moment } from '../../faults/moment.js';
import type { FaultHit } from '../../report/report.js';

/** How a fault ended a connection for its client. */
export type FaultEnd = {
  readonly hit: FaultHit;
  /** The reason that the fault imitates; null: the reason is the fault itself. */
  readonly imitates: Reason | null;
  /** The Connection.Close that was sent to the client; null for none. */
  readonly connectionClose: { readonly code: number; readonly text: string } | null;
};

/** Which faults acted on a connection, and which one ended it. */
export class FaultRecord {
  readonly hits: FaultHit[] = [];
  end: FaultEnd | null = null;
  private readonly acted: (hit: FaultHit) => void;

  /** @param acted called for each fault that acts */
  constructor(acted: (hit: FaultHit) => void) {
    this.acted = acted;
  }

  add(id: string, { name, type }: Pick<Fault, 'name' | 'type'>, at: Moment): void {
    const hit = { id, name, type, at };
    this.hits.push(hit);
    this.acted(hit);
  }

  /** Only the first end counts. */
  endedBy(id: string, how: Omit<FaultEnd, 'hit'>): void {
    const hit = this.hits.findLast((each) => each.id === id);
    if (hit) this.end ??= { hit, ...how };
  }
}
