import { LabelValues, OTHER } from './label-values.js';

/** The traffic of a connection so far. */
export type Carried = {
  readonly id: string;
  readonly proxy: string;
  /** Local address that the client connected to. */
  readonly listen: string;
  /** The address that was dialed, or `stand-in`; null while nothing was dialed. */
  readonly upstream: string | null;
  /** Octets from and to the client. */
  readonly octets: Octets;
};

type Octets = { readonly received: number; readonly sent: number };

type Counts = { fromClient: number; toClient: number; fromUpstream: number; toUpstream: number };

/** Traffic between one listener and one upstream of a proxy since the flow was last taken. */
export type Flow = Counts & {
  readonly proxy: string;
  readonly listener: string;
  readonly upstream: string;
  /** Whether the octets of the upstream were counted. */
  hasUpstream: boolean;
};

/** Maximum separate flows. All others share one flow for each proxy. */
const MOST_FLOWS = 1000;

const nothing = (): Counts => ({ fromClient: 0, toClient: 0, fromUpstream: 0, toUpstream: 0 });

/**
 * Sums the octets of all connections. Octets counted while a connection was open are not counted again, so no sum
 * decreases.
 */
export class Traffic {
  private readonly flows = new Map<string, Flow>();
  /** The flow that was counted last. */
  private last: Flow | undefined;
  private readonly ends = new LabelValues(MOST_FLOWS);
  /** The counts for each open connection, by id. */
  private readonly counted = new Map<string, Counts>();

  /**
   * Adds the traffic of a connection that has ended.
   *
   * @param proxy the label to count it for
   * @param upstreamOctets octets from and to the upstream, if counted; faults make them differ from the client's side
   */
  ended(connection: Carried, proxy: string, upstreamOctets: Octets | null): void {
    const counted = this.counted.get(connection.id);
    this.count(connection, proxy, upstreamOctets, counted ?? nothing());
    if (counted !== undefined) this.counted.delete(connection.id);
  }

  /** As `ended`, for a connection that is still open. */
  open(connection: Carried, proxy: string, upstreamOctets: Octets | null): void {
    const counted = this.counted.get(connection.id) ?? nothing();
    this.counted.set(connection.id, counted);
    this.count(connection, proxy, upstreamOctets, counted);
  }

  /** Calls `take` with each flow and resets the flow to 0. */
  take(take: (flow: Flow) => void): void {
    for (const flow of this.flows.values()) {
      take(flow);
      Object.assign(flow, nothing());
    }
  }

  private count(connection: Carried, proxy: string, upstreamOctets: Octets | null, counted: Counts): void {
    const { octets } = connection;
    const flow = this.flowOf(connection, proxy);
    flow.hasUpstream ||= upstreamOctets !== null;
    add(flow, counted, 'fromClient', octets.received);
    add(flow, counted, 'toClient', octets.sent);
    add(flow, counted, 'fromUpstream', upstreamOctets?.received ?? 0);
    add(flow, counted, 'toUpstream', upstreamOctets?.sent ?? 0);
  }

  private flowOf({ listen, upstream }: Carried, proxy: string): Flow {
    const { last } = this;
    // Nearly always: a proxy has one listener and one upstream.
    if (last?.proxy === proxy && last.listener === listen && last.upstream === (upstream ?? '')) return last;
    const key = keyOf(proxy, listen, upstream ?? '');
    this.last = this.flows.get(key) ?? this.beginOrShare(key, proxy, listen, upstream ?? '');
    return this.last;
  }

  private beginOrShare(key: string, proxy: string, listen: string, upstream: string): Flow {
    return this.ends.of(key) === key ? this.begin(proxy, listen, upstream) : this.begin(proxy, OTHER, OTHER);
  }

  private begin(proxy: string, listener: string, upstream: string): Flow {
    const key = keyOf(proxy, listener, upstream);
    const flow = this.flows.get(key) ?? { proxy, listener, upstream, hasUpstream: false, ...nothing() };
    this.flows.set(key, flow);
    return flow;
  }
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');

/**
 * Adds the increase. A count drops when TLS begins and only its content is counted; it then adds nothing until it
 * catches up.
 */
function add(flow: Flow, counted: Counts, which: keyof Counts, now: number): void {
  const more = Math.max(0, now - counted[which]);
  counted[which] += more;
  flow[which] += more;
}
