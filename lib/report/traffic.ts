import { LabelValues, OTHER } from './label-values.js';

/** What a connection has carried so far. */
export type Carried = {
  readonly id: string;
  readonly proxy: string;
  /** The address that its client reached. */
  readonly listen: string;
  /** What was dialled, or `stand-in`; null if nothing was yet. */
  readonly upstream: string | null;
  /** From and to the client. */
  readonly octets: Octets;
};

type Octets = { readonly received: number; readonly sent: number };

type Counts = { fromClient: number; toClient: number; fromUpstream: number; toUpstream: number };

/** What the connections of a proxy from one address to another have carried since it was last taken. */
export type Flow = Counts & {
  readonly proxy: string;
  readonly listener: string;
  readonly upstream: string;
  /** Somebody has counted the upstream's octets. */
  hasUpstream: boolean;
};

/** More are one for each proxy. */
const MOST_FLOWS = 1000;

const nothing = (): Counts => ({ fromClient: 0, toClient: 0, fromUpstream: 0, toUpstream: 0 });

/** The octets of all connections. What was counted of one while it was open is not counted again: no sum ever falls. */
export class Traffic {
  private readonly flows = new Map<string, Flow>();
  private readonly ends = new LabelValues(MOST_FLOWS);
  /** Of open connections, by id. */
  private readonly counted = new Map<string, Counts>();

  /**
   * @param proxy what it is counted for
   * @param upstreamOctets from and to the upstream, if somebody counts them: with faults it is not what the client's side says
   */
  ended(connection: Carried, proxy: string, upstreamOctets: Octets | null): void {
    this.count(connection, proxy, upstreamOctets, this.counted.get(connection.id) ?? nothing());
    this.counted.delete(connection.id);
  }

  /** As `ended`, for a connection that goes on. */
  open(connection: Carried, proxy: string, upstreamOctets: Octets | null): void {
    const counted = this.counted.get(connection.id) ?? nothing();
    this.counted.set(connection.id, counted);
    this.count(connection, proxy, upstreamOctets, counted);
  }

  /** Calls `take` with each flow, which then begins at 0 again. */
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
    const key = keyOf(proxy, listen, upstream ?? '');
    const known = this.flows.get(key);
    if (known !== undefined) return known;
    return this.ends.of(key) === key ? this.begin(proxy, listen, upstream ?? '') : this.begin(proxy, OTHER, OTHER);
  }

  private begin(proxy: string, listener: string, upstream: string): Flow {
    const key = keyOf(proxy, listener, upstream);
    const flow = this.flows.get(key) ?? { proxy, listener, upstream, hasUpstream: false, ...nothing() };
    this.flows.set(key, flow);
    return flow;
  }
}

const keyOf = (...parts: readonly string[]): string => parts.join('\n');

/** A count that has fallen, as it does where TLS begins and only what is inside is counted, waits until it is passed again. */
function add(flow: Flow, counted: Counts, which: keyof Counts, now: number): void {
  const more = Math.max(0, now - counted[which]);
  counted[which] += more;
  flow[which] += more;
}
