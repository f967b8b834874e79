import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Known } from '../../faults/choice.js';
import type { Decisions } from '../../faults/decisions.js';
import type { Fault } from '../../faults/fault.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Moment } from '../../faults/moment.js';
import { faultType } from '../../faults/registry.js';
import { valuesAt } from '../../faults/values.js';

/**
 * The faults of a connection on which none of them can act. Its octets bypass the faults, because even a fault that never acts
 * would cost time. Each fault is still decided on at its moment, so that the report explains it as usual.
 */
export class IdleFaults {
  private undecided: readonly LiveFault[] = [];
  private readonly decisions: Decisions;

  constructor(decisions: Decisions) {
    this.decisions = decisions;
  }

  /** Sets the faults. An empty list: others are in front of the connection, and decided on there. */
  set(faults: readonly LiveFault[], known: Known): void {
    const { moment } = known;
    this.undecided = faults.filter((live) => !this.decisions.has(live));
    // A fault that was added after its moment is never decided on, except for the last one.
    this.reached(moment === 'accept' || moment === 'running' ? moment : null, () => known);
  }

  /**
   * A moment has been reached.
   *
   * @param moment null: only the faults that need none are decided on
   * @param known what is known now: called only if a fault is decided on
   * @param octets how many octets of the header have arrived
   */
  reached(moment: Moment | null, known: () => Known, octets = HEADER_LENGTH): void {
    const due = this.undecided.filter(({ fault }) => isDue(fault, moment, octets));
    if (due.length === 0) return;
    const now = known();
    for (const live of due) this.decisions.decide(live, now);
    this.undecided = this.undecided.filter((live) => !this.decisions.has(live));
  }

  get isEmpty(): boolean {
    return this.undecided.length === 0;
  }
}

function isDue(fault: Fault, moment: Moment | null, octets: number): boolean {
  const type = faultType(fault.type);
  if (type?.acts !== 'handshake') return true;
  const at = type.at(valuesAt(fault, 0) as never);
  if (at.moment === null) return true;
  return at.moment === moment && (moment !== 'header' || (at.octets ?? HEADER_LENGTH) <= octets);
}
