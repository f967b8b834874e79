import { type Choice, explain, type Known } from './choice.js';
import type { Fault } from './fault.js';
import type { FaultList } from './fault-list.js';
import type { LiveFault } from './live-fault.js';

/** Maximum decisions that a report explains. A fault that is removed and added again is decided on again. */
const MOST_EXPLAINED = 100;

/** Why a fault does not act, if that can change without a change of the fault. */
const MAY_CHANGE: readonly string[] = ['not known yet', 'time', 'pausing'] satisfies ReasonNotToAct[];

type ReasonNotToAct = Extract<Choice, { acts: false }>['because'];

/** The decision on a fault, the fault at that time, and whether it has ever acted. */
type Decided = { readonly fault: Fault; readonly acts: boolean; readonly hasActed: boolean };

/**
 * The decisions for one connection: one for each fault, made again when its toxicity or conditions change. The hit is
 * counted when the fault first acts.
 */
export class Decisions {
  /** The first decisions, each in a sentence, in the order made. */
  readonly explained: string[] = [];
  /** How many decisions followed these. */
  omitted = 0;
  private readonly list: FaultList;
  private readonly decided = new WeakMap<LiveFault, Decided>();

  constructor(list: FaultList) {
    this.list = list;
  }

  /** Decides whether a fault acts; `later` if a condition is not known yet or the fault is not within its time. */
  decide(live: LiveFault, known: Known): 'acts' | 'never' | 'later' {
    const before = this.decided.get(live);
    if (before !== undefined && isAsBefore(before.fault, live.fault)) return before.acts ? 'acts' : 'never';
    // A connection counts as one hit.
    const hasActed = before?.hasActed ?? false;
    const choice = this.list.choose(hasActed ? { ...live, hits: live.hits - 1 } : live, known);
    if (!choice.acts && MAY_CHANGE.includes(choice.because)) return 'later';
    this.decided.set(live, { fault: live.fault, acts: choice.acts, hasActed: hasActed || choice.acts });
    if (choice.acts !== before?.acts) {
      if (this.explained.length < MOST_EXPLAINED) this.explained.push(explain(live.fault, choice));
      else this.omitted += 1;
    }
    if (choice.acts && !hasActed) live.hits += 1;
    return choice.acts ? 'acts' : 'never';
  }

  /** Whether it has been decided that a fault acts, or does not. */
  has(live: LiveFault): boolean {
    return this.decided.has(live);
  }

  /** Whether a fault has ever acted. */
  hasActed(live: LiveFault): boolean {
    return this.decided.get(live)?.hasActed ?? false;
  }

  /** Whether a fault has acted, or can still act. Decides nothing. */
  canAct(live: LiveFault, known: Known): boolean {
    const before = this.decided.get(live);
    if (before?.hasActed) return true;
    if (before !== undefined && isAsBefore(before.fault, live.fault)) return false;
    return this.list.canAct(live, known);
  }
}

/** Only a change of toxicity or conditions can change whether a fault acts. */
function isAsBefore(before: Fault, now: Fault): boolean {
  if (before === now) return true;
  const conditions = [...Object.keys(before.when), ...Object.keys(now.when)] as (keyof Fault['when'])[];
  return before.toxicity === now.toxicity && conditions.every((each) => before.when[each] === now.when[each]);
}
