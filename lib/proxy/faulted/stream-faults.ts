import { sequence } from '../../faults/chance.js';
import type { Known } from '../../faults/choice.js';
import type { Decisions } from '../../faults/decisions.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Chain } from '../../faults/stream/chain.js';
import type { OpenLink } from '../../faults/stream/link.js';
import { openLinkOf } from '../../faults/stream/open-link.js';
import type { FaultRecord } from './fault-record.js';

type Chains = { readonly upstream: Chain; readonly downstream: Chain };

/** The stream faults of one connection: which of them are in its chains. */
export class StreamFaults {
  private readonly chains: Chains;
  private readonly decisions: Decisions;
  private readonly record: FaultRecord;
  private readonly seed: number;
  /** Each with the data that its link was last given. */
  private readonly linked = new Map<LiveFault, LiveFault['fault']>();
  /** Faults whose conditions cannot be decided yet. */
  private waiting: readonly LiveFault[] = [];

  constructor(chains: Chains, decisions: Decisions, record: FaultRecord, seed: number) {
    this.chains = chains;
    this.decisions = decisions;
    this.record = record;
    this.seed = seed;
  }

  /** Decides waiting faults again, because more is known of the connection. */
  ask(known: () => Known): void {
    if (this.waiting.length > 0) this.choose(this.waiting, known());
  }

  /** The faults of the proxy have changed. */
  set(active: readonly LiveFault[], known: Known): void {
    for (const [live, given] of this.linked) {
      const chain = this.chains[given.stream];
      if (!active.includes(live) || (live.fault !== given && this.decisions.decide(live, known) !== 'acts')) {
        this.linked.delete(live);
        chain.remove(live.id);
      } else if (live.fault !== given) {
        this.linked.set(live, live.fault);
        chain.update(live.id, live.fault.attributes);
      }
    }
    this.choose(
      active.filter((live) => !this.linked.has(live)),
      known,
    );
  }

  private choose(faults: readonly LiveFault[], known: Known): void {
    this.waiting = faults.filter((live) => {
      const open = openLinkOf(live.fault);
      if (open === undefined) return false;
      const decision = this.decisions.decide(live, known);
      if (decision === 'acts') this.add(live, open, known);
      return decision === 'later';
    });
  }

  private add(live: LiveFault, open: OpenLink, { moment, connection }: Known): void {
    const { fault, id } = live;
    const { proxy, name, stream } = fault;
    this.linked.set(live, fault);
    this.record.addOnce(live, moment);
    const random = sequence({ seed: this.seed, proxy, name, connection });
    this.chains[stream].add(id, this.watched(id, open), random);
  }

  /** Records the fault that made an end. The end passes through the links after it, and the first one it passes made it. */
  private watched(id: string, open: OpenLink): OpenLink {
    return ({ next, ...context }) =>
      open({
        ...context,
        next: {
          octets: (octets, since) => next.octets(octets, since),
          end: (end) => {
            if (end.byFault) this.record.endedBy(id, { imitates: null, connectionClose: null });
            next.end(end);
          },
        },
      });
  }
}
