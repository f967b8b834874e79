import { sequence } from '../../faults/chance.js';
import type { Known } from '../../faults/choice.js';
import type { Fault, Stream } from '../../faults/fault.js';
import type { AttributeShape, StreamFaultType } from '../../faults/fault-type.js';
import type { LiveFault } from '../../faults/live-fault.js';
import { faultType } from '../../faults/registry.js';
import type { Chain } from '../../faults/stream/chain.js';
import type { ChainContext, LinkContext, LinkedConnection, OpenLink } from '../../faults/stream/link.js';
import { openLinkOf } from '../../faults/stream/open-link.js';
import type { FaultedClientOptions } from './faulted-client-options.js';
import { ZeroRamps } from './zero-ramps.js';

/** What stream faults need of their connection. */
export type StreamFaultsOptions = Pick<
  FaultedClientOptions,
  'clock' | 'faults' | 'decisions' | 'record' | 'acceptedAt' | 'hasUpstream'
> &
  Pick<LinkedConnection, 'resetSide'> & {
    /** The time limits of the connection are lifted, or set again. */
    readonly keptOpen: (isKept: boolean) => void;
  };

type Chains = { readonly upstream: Chain; readonly downstream: Chain };

/** The stream faults of one connection: which of them are in its chains. */
export class StreamFaults {
  private readonly chains: Chains;
  private readonly options: StreamFaultsOptions;
  private readonly ramps: ZeroRamps;
  /** Each with the data that its link was last given. */
  private readonly linked = new Map<LiveFault, LiveFault['fault']>();
  /** The faults that keep the connection open. */
  private readonly keeping = new Set<string>();
  /** Faults whose conditions cannot be decided yet. */
  private waiting: readonly LiveFault[] = [];

  constructor(chains: Chains, options: StreamFaultsOptions) {
    this.chains = chains;
    this.options = options;
    this.ramps = new ZeroRamps(options.clock, (live) => this.update(live));
  }

  /** Decides waiting faults again, because more is known of the connection. */
  ask(known: () => Known): void {
    if (this.waiting.length > 0) this.choose(this.waiting, known());
  }

  /** The faults of the proxy have changed. */
  set(active: readonly LiveFault[], known: Known): void {
    for (const [live, given] of this.linked) {
      if (!active.includes(live) || (live.fault !== given && this.options.decisions.decide(live, known) !== 'acts')) {
        this.linked.delete(live);
        this.ramps.forget(live);
        for (const direction of directionsOf(given)) this.chains[direction].remove(live.id);
        this.keepOpen(live.id, false);
      } else if (live.fault !== given) {
        this.linked.set(live, live.fault);
        this.update(live);
        this.ramps.watch(live);
      }
    }
    this.choose(
      active.filter((live) => !this.linked.has(live)),
      known,
    );
  }

  /** Stops all timers. */
  stop(): void {
    this.ramps.stop();
  }

  private update(live: LiveFault): void {
    const values = this.options.faults.list.currentValuesOf(live);
    for (const direction of directionsOf(live.fault)) this.chains[direction].update(live.id, values);
  }

  private choose(faults: readonly LiveFault[], known: Known): void {
    this.waiting = faults.filter((live) => {
      const open = openLinkOf(live.fault, this.options.faults.list.currentValuesOf(live));
      if (open === undefined) return false;
      const decision = this.options.decisions.decide(live, known);
      if (decision === 'acts') this.add(live, open, known);
      return decision === 'later';
    });
  }

  private add(live: LiveFault, open: OpenLink, { moment, connection }: Known): void {
    const { fault, id } = live;
    const { proxy, name } = fault;
    this.linked.set(live, fault);
    this.options.record.addOnce(live, moment);
    for (const direction of directionsOf(fault)) {
      const random = sequence({ seed: this.options.faults.list.seed, proxy, name, connection });
      this.chains[direction].add(id, (context) => open(this.contextOf(id, direction, context)), random);
    }
    this.ramps.watch(live);
  }

  /**
   * The context of a link. The fault that made an end is recorded: the end passes through the links after it, and the first one it
   * passes made it.
   */
  private contextOf(id: string, direction: Stream, context: ChainContext): LinkContext {
    const { next } = context;
    const { record, acceptedAt, hasUpstream, resetSide } = this.options;
    const ended = (): void => record.endedBy(id, { imitates: null, connectionClose: null });
    return {
      ...context,
      next: {
        octets: (octets, since) => next.octets(octets, since),
        end: (end) => {
          if (end.byFault) ended();
          next.end(end);
        },
      },
      from: direction === 'upstream' ? 'client' : 'upstream',
      connection: {
        acceptedAt,
        hasUpstream,
        keepOpen: (isKept) => this.keepOpen(id, isKept),
        resetSide: (side) => {
          ended();
          resetSide(side);
        },
      },
    };
  }

  private keepOpen(id: string, isKept: boolean): void {
    if (isKept) this.keeping.add(id);
    else this.keeping.delete(id);
    this.options.keptOpen(this.keeping.size > 0);
  }
}

/** The directions on which a fault acts. */
function directionsOf({ type, stream }: Fault): readonly Stream[] {
  const { acts, isOfBothDirections } = faultType(type) as StreamFaultType<string, AttributeShape>;
  return acts === 'stream' && isOfBothDirections ? ['upstream', 'downstream'] : [stream];
}
