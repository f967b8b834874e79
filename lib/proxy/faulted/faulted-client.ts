import type { Follower } from '../../amqp/follower.js';
import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Clock, Timer } from '../../clock.js';
import type { Close } from '../../close.js';
import type { Known } from '../../faults/choice.js';
import type { Decisions, LiveFault } from '../../faults/fault-list.js';
import type { Effect } from '../../faults/handshake/effect.js';
import type { Setting, Side } from '../../faults/handshake/fault-actions.js';
import { Gate } from '../../faults/handshake/gate.js';
import type { KnownOfGate } from '../../faults/handshake/knowledge.js';
import type { ProxyFaults } from '../../faults/proxy-faults.js';
import { Chain } from '../../faults/stream/chain.js';
import type { End } from '../../faults/stream/link.js';
import type { HandshakeRecording } from '../handshake-recording.js';
import type { PeerListener } from '../peer/peer.js';
import type { ClientPeer } from '../peer/secured-client.js';
import type { FaultRecord } from './fault-record.js';
import { StreamFaults } from './stream-faults.js';

const NOTHING = new Uint8Array(0);

/** How long a side may take to end, after a fault has ended the connection, in ms: a farewell to the broker, and then TCP. */
const LAST = 10_000;
/** How long faults can hold back what is on its way when nobody is left who sends more, in ms. */
const HELD = 30_000;

export type FaultedClientOptions = {
  readonly faults: ProxyFaults;
  readonly clock: Clock;
  readonly setting: Setting;
  /** The connection's number at its proxy, and the client's IP address. */
  readonly connection: number;
  readonly source: string | null;
  readonly decisions: Decisions;
  readonly record: FaultRecord;
  /** Octets have come from the client, before any fault. */
  readonly heard: () => void;
  /** A fault keeps the client waiting, or does so no more. */
  readonly holding: (isHolding: boolean) => void;
  /** A fault has ended the connection for the client. */
  readonly ended: () => void;
};

/**
 * A client with the faults of its connection in front of it. To whoever looks at it or relays it, it is a client like any
 * other: client ↔ gate ↔ chains ↔ its owner.
 */
export class FaultedClient implements ClientPeer {
  listener: PeerListener;
  /** The close that its owner was told of. */
  sent: Close | null = null;
  /** The first 8 octets of the client at most, whatever became of them. */
  header: Uint8Array = NOTHING;
  readonly gate: Gate;
  private readonly options: FaultedClientOptions;
  private readonly below: ClientPeer;
  private readonly up: Chain;
  private readonly down: Chain;
  private readonly streams: StreamFaults;
  private readonly timers = new Map<number, Timer>();
  private readonly queue: Effect[] = [];
  private isCarryingOut = false;
  private readonly isPaused: Record<Side, boolean> = { client: false, upstream: false };
  /** No more can be written. */
  private readonly isFull: Record<Side, boolean> = { client: false, upstream: false };
  private readonly hasEnded: Record<Side, boolean> = { client: false, upstream: false };
  private wasHolding = false;
  /** Nothing passes any more, or everything does. */
  private state: 'acting' | 'cut' | 'disposed' = 'acting';
  private lastTimer: Timer | undefined;
  private active: readonly LiveFault[] = [];
  private readonly own: LiveFault[] = [];

  /** @param below its listener is taken over */
  constructor(below: ClientPeer, options: FaultedClientOptions) {
    const { faults, clock, decisions, record, setting } = options;
    this.below = below;
    this.options = options;
    this.listener = below.listener;
    this.gate = new Gate({ setting, decide: (fault, known) => this.decide(fault, known) });
    this.up = new Chain({
      clock,
      sink: { octets: (octets) => this.listener.octets(octets), end: (end) => this.endUpstream(end) },
      room: () => {
        this.isFull.upstream = false;
        this.goOn('client');
      },
    });
    this.down = new Chain({
      clock,
      sink: { octets: (octets) => this.fromUpstream(octets), end: (end) => this.upstreamEnded(end) },
      room: () => this.listener.drained(),
    });
    this.streams = new StreamFaults({ upstream: this.up, downstream: this.down }, decisions, record, faults.list.seed);
    below.listener = {
      octets: (octets) => this.fromClient(octets),
      ended: (how) => this.clientEnded(how),
      drained: () => this.drained(),
      closed: () => this.listener.closed(),
    };
  }

  get saw(): Close | null {
    return this.below.saw;
  }

  get closed(): boolean {
    return this.below.closed;
  }

  get received(): number {
    return this.below.received;
  }

  get written(): number {
    return this.below.written;
  }

  get isHolding(): boolean {
    return this.state === 'acting' && this.gate.isHolding;
  }

  /** The connection was accepted: what acts at once does so now. */
  accepted(): void {
    this.setFaults();
    this.carryOut(this.gate.accepted());
  }

  /**
   * Takes over a connection that had no faults before.
   *
   * @param passed what has passed of its handshake; null if that is not known
   * @param underWay see `Gate.takeOver`
   */
  takeOver(passed: HandshakeRecording['passed'] | null, underWay: Follower['underWay'] | undefined): void {
    for (const { from, octets } of passed ?? []) if (from === 'client') this.keepHeader(octets);
    this.gate.takeOver(passed, underWay);
    this.setFaults();
  }

  /** The faults of the proxy have changed. */
  setFaults(): void {
    if (this.state !== 'acting') return;
    this.active = [...this.options.faults.active, ...this.own];
    this.streams.set(this.active, this.known(this.gate.knows));
    if (this.state !== 'acting') return;
    this.carryOut(this.gate.setFaults(this.active.map(({ fault }) => fault)));
  }

  /** A fault for this connection alone. */
  add(fault: LiveFault): void {
    this.own.push(fault);
    this.setFaults();
  }

  /** Octets of the client that were read before. @returns whether more may come */
  fromClient(octets: Uint8Array): boolean {
    if (this.state === 'disposed') return this.listener.octets(octets);
    if (this.header.length < HEADER_LENGTH) this.keepHeader(octets);
    this.options.heard();
    if (this.state === 'cut') return true;
    this.carryOut(this.gate.octets('client', octets));
    return !this.isFull.upstream && !this.isPaused.client;
  }

  write(octets: Uint8Array): boolean {
    if (this.state === 'acting') return this.down.push(octets);
    return this.state === 'cut' || this.below.write(octets);
  }

  resume(): void {
    if (this.state === 'acting') this.up.drained();
    else this.isFull.upstream = false;
    this.goOn('client');
  }

  finish(): void {
    this.endDown('fin');
  }

  reset(): void {
    this.endDown('rst');
  }

  settle(): Promise<void> {
    return this.below.settle();
  }

  hurry(): void {
    this.below.hurry();
  }

  /** No fault has anything to do with how a client is refused. */
  dismiss(farewell: Uint8Array, close: Close): void {
    this.dispose();
    this.below.listener = this.listener;
    this.below.dismiss(farewell, close);
  }

  /** Stops all timers, and drops what was held back. What passes from now on is not touched. */
  dispose(): void {
    if (this.state === 'disposed') return;
    this.stopActing();
    this.state = 'disposed';
    if (this.lastTimer !== undefined) this.options.clock.stop(this.lastTimer);
  }

  private keepHeader(octets: Uint8Array): void {
    this.header = Buffer.concat([this.header, octets.subarray(0, HEADER_LENGTH - this.header.length)]);
  }

  private decide(fault: LiveFault['fault'], known: KnownOfGate): 'acts' | 'never' | 'later' {
    const live = this.active.find((each) => each.fault === fault);
    return live === undefined ? 'never' : this.options.decisions.decide(live, this.known(known));
  }

  private known(known: KnownOfGate): Known {
    const { connection, source } = this.options;
    return { ...known, connection, source };
  }

  private clientEnded(how: Close): void {
    this.hasEnded.client = true;
    if (this.state === 'disposed') {
      this.tellEnded(how);
      return;
    }
    if (this.state === 'cut') return;
    if (how === 'rst' || this.hasEnded.upstream) this.endAtLast(HELD);
    this.carryOut(this.gate.ended('client', how));
  }

  private drained(): void {
    this.isFull.client = false;
    if (this.state === 'acting') this.down.drained();
    this.listener.drained();
  }

  /** What comes out of the chain that leads to the client. @returns whether more may come */
  private fromUpstream(octets: Uint8Array): boolean {
    this.carryOut(this.gate.octets('upstream', octets));
    return !this.isFull.client && !this.isPaused.upstream;
  }

  private endDown(close: Close): void {
    this.hasEnded.upstream = true;
    if (this.state === 'acting') {
      if (this.hasEnded.client) this.endAtLast(HELD);
      this.down.end(close);
    } else if (this.state === 'disposed') {
      if (close === 'fin') this.below.finish();
      else this.below.reset();
    }
  }

  private upstreamEnded({ close, byFault }: End): void {
    if (byFault) this.cut(close);
    else this.carryOut(this.gate.ended('upstream', close));
  }

  private endUpstream({ close, byFault }: End): void {
    if (byFault) this.cut(close);
    else this.tellEnded(close);
  }

  private tellEnded(close: Close): void {
    if (this.sent === 'rst' || this.sent === close) return;
    this.sent = close;
    this.listener.ended(close);
  }

  /** A fault of the stream ends both sides. */
  private cut(close: Close): void {
    if (this.state !== 'acting') return;
    this.stopActing();
    this.state = 'cut';
    this.options.ended();
    this.endClient(close);
    this.tellEnded(close);
  }

  private endClient(close: Close): void {
    this.endAtLast(LAST);
    if (close === 'fin' && this.below.saw === null) this.below.dismiss(NOTHING, 'fin');
    else this.below.reset();
    // The upstream must be heard to its end, whatever the client still had to take.
    this.isFull.client = false;
    if (this.state === 'acting') this.down.drained();
    this.listener.drained();
  }

  /** Effects in their order, also those that come up while others are carried out. */
  private carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) this.queue.push(effect);
    if (this.isCarryingOut) return;
    this.isCarryingOut = true;
    for (let effect = this.queue.shift(); effect !== undefined; effect = this.queue.shift()) {
      if (this.state === 'acting') this.perform(effect);
    }
    this.isCarryingOut = false;
    if (this.state !== 'acting') return;
    this.streams.ask(() => this.known(this.gate.knows));
    const { isHolding } = this;
    if (isHolding === this.wasHolding) return;
    this.wasHolding = isHolding;
    this.options.holding(isHolding);
  }

  private perform(effect: Effect): void {
    const { clock, record } = this.options;
    switch (effect.type) {
      case 'send':
        this.send(effect.to, effect.octets);
        break;
      case 'end':
        if (effect.side === 'upstream') this.up.end(effect.close);
        else if (effect.byFault) this.endClient(effect.close);
        else if (effect.close === 'fin') this.below.finish();
        else this.below.reset();
        break;
      case 'pause':
        this.isPaused[effect.side] = true;
        break;
      case 'resume':
        this.isPaused[effect.side] = false;
        this.goOn(effect.side);
        break;
      case 'timer':
        this.timers.set(
          effect.id,
          clock.start(() => this.fired(effect.id), effect.ms),
        );
        break;
      case 'cancel':
        this.cancel(effect.id);
        break;
      case 'acted': {
        const live = this.active.find(({ id }) => id === effect.fault);
        if (live) record.add(live.id, live.fault, effect.at);
        break;
      }
      case 'ended': {
        const { imitates, connectionClose } = effect;
        record.endedBy(effect.fault, { imitates, connectionClose });
        this.options.ended();
        break;
      }
      default:
        effect satisfies never;
    }
  }

  private send(to: Side, octets: Uint8Array): void {
    const goesOn = to === 'client' ? this.below.write(octets) : this.up.push(octets);
    if (!goesOn) this.isFull[to] = true;
  }

  /** More may come from a side. */
  private goOn(side: Side): void {
    if (this.isPaused[side]) return;
    if (side === 'upstream') {
      if (!this.isFull.client) this.down.drained();
    } else if (!this.isFull.upstream) this.below.resume();
  }

  private fired(id: number): void {
    this.timers.delete(id);
    if (this.state === 'acting') this.carryOut(this.gate.fired(id));
  }

  private cancel(id: number): void {
    const timer = this.timers.get(id);
    if (timer === undefined) return;
    this.options.clock.stop(timer);
    this.timers.delete(id);
  }

  private stopActing(): void {
    for (const id of [...this.timers.keys()]) this.cancel(id);
    this.up.dispose();
    this.down.dispose();
  }

  /** Faults do not keep sockets for ever whose connection is over. */
  private endAtLast(ms: number): void {
    const { clock } = this.options;
    if (this.lastTimer !== undefined) clock.stop(this.lastTimer);
    this.lastTimer = clock.start(() => {
      this.stopActing();
      this.state = 'cut';
      this.below.reset();
      this.tellEnded('rst');
    }, ms);
  }
}
