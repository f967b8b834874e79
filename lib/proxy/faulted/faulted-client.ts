import type { OpenedHandshake } from '../../amqp/conversation-0-9-1.js';
import { appendHeader } from '../../amqp/header-octets.js';
import type { Close } from '../../close.js';
import type { Side } from '../../faults/handshake/fault-actions.js';
import type { Gate } from '../../faults/handshake/gate.js';
import type { LiveFault } from '../../faults/live-fault.js';
import type { Moment } from '../../faults/moment.js';
import type { HandshakeRecording } from '../handshake-recording.js';
import type { ClientPeer } from '../peer/secured-client.js';
import { ActingFaults } from './acting-faults.js';
import { EndLimits } from './end-limits.js';
import { type ClientEnd, FaultPath, type FaultPathOwner } from './fault-path.js';
import type { FaultedClientOptions } from './faulted-client-options.js';
import { Hold } from './hold.js';
import { PeerInFront } from './peer-in-front.js';
import { StreamFaults } from './stream-faults.js';

const NOTHING = new Uint8Array(0);

/** A client with the faults of its connection in front of it. For later steps and the relay it is a client like any other. */
export class FaultedClient extends PeerInFront {
  /** The client's first octets, up to 8, even if a fault kept them back. */
  header: Uint8Array = NOTHING;
  private readonly options: FaultedClientOptions;
  private readonly path: FaultPath;
  private readonly acting: ActingFaults;
  private readonly streams: StreamFaults;
  private readonly hold: Hold;
  /** The moment at which it was last asked whether faults can act; null: they have changed since. */
  private askedAt: Moment | null = null;
  /** `cut`: a fault has ended the connection, and nothing passes any more. `disposed`: everything passes unchanged. */
  private state: 'acting' | 'cut' | 'disposed' = 'acting';
  private readonly limits: EndLimits;

  /** @param below its listener is replaced */
  constructor(below: ClientPeer, options: FaultedClientOptions) {
    const { clock, setting } = options;
    super(below);
    this.options = options;
    // A client that had no faults before may be half-closed.
    this.limits = new EndLimits(clock, { client: below.sent, upstream: below.saw !== null }, () => this.giveUp());
    this.hold = new Hold(this.limits, options.holding);
    this.acting = new ActingFaults(options);
    const { decide, valuesOf, random } = this.acting;
    this.path = new FaultPath(below, this.pathOwner(), { clock, setting, decide, valuesOf, random });
    const { up: upstream, down: downstream } = this.path;
    const keptOpen = (isKept: boolean): void => this.hold.keep(isKept);
    const resetSide = (side: Side): void => this.resetSide(side);
    this.streams = new StreamFaults({ upstream, downstream }, { ...options, keptOpen, resetSide });
    below.listener = {
      octets: (octets) => this.fromClient(octets),
      ended: (how) => this.clientEnded(how),
      drained: () => {
        this.path.drained();
        this.listener.drained();
      },
      closed: () => this.listener.closed(),
    };
  }

  get gate(): Gate {
    return this.path.gate;
  }

  get isHolding(): boolean {
    return this.state === 'acting' && this.hold.isOn;
  }

  /** The connection was just accepted: faults that act at accept do so now. */
  accepted(): void {
    this.setFaults();
    if (this.state === 'acting') this.path.accepted();
  }

  /** Takes over a connection that is being opened. @param passed its handshake so far; null if that is not known */
  takeOver(passed: HandshakeRecording['passed'] | null): void {
    this.gate.setDecided(this.acting.decided);
    for (const { from, octets } of passed ?? []) if (from === 'client') this.header = appendHeader(this.header, octets);
    this.gate.takeOver(passed);
    this.setFaults();
  }

  /** Takes over an open AMQP 0-9-1 connection. */
  takeOverOpen(header: Uint8Array, opened: OpenedHandshake): void {
    this.header = header;
    this.gate.setDecided(this.acting.decided);
    this.gate.takeOverOpen(header, opened);
    this.setFaults();
  }

  /** The faults of the proxy have changed. */
  setFaults(): void {
    if (this.state !== 'acting') return;
    this.askedAt = null;
    this.acting.refresh();
    const { active } = this.acting;
    this.streams.set(active, this.acting.known(this.gate.knows));
    if (this.state === 'acting') this.path.setFaults(active.map(({ fault }) => fault));
  }

  /** Adds a fault for this connection alone. */
  add(fault: LiveFault): void {
    this.acting.add(fault);
    this.setFaults();
  }

  /**
   * Begins with the octets that were read before, and with the end if it has come already. The listener must be set.
   * @param first octets that were read before, if the client is paused
   */
  begin(first?: readonly Uint8Array[]): void {
    let flows = true;
    for (const octets of first ?? []) flows = this.fromClient(octets);
    if (this.below.sent !== null) this.clientEnded(this.below.sent);
    else if (first && flows) this.below.resume();
  }

  /** Passes on octets of the client. @returns whether more may come */
  fromClient(octets: Uint8Array): boolean {
    if (this.state === 'disposed') return this.listener.octets(octets);
    this.header = appendHeader(this.header, octets);
    this.options.heard();
    return this.state === 'cut' || this.path.fromClient(octets);
  }

  write(octets: Uint8Array): boolean {
    if (this.state === 'acting') return this.path.down.push(octets);
    return this.state === 'cut' || this.below.write(octets);
  }

  resume(): void {
    this.path.resume();
  }

  finish(): void {
    this.endDown('fin');
  }

  reset(): void {
    this.endDown('rst');
  }

  /** Faults do not change how a client is refused. */
  dismiss(farewell: Uint8Array, close: Close): void {
    this.dispose();
    this.below.listener = this.listener;
    this.below.dismiss(farewell, close);
  }

  /** Stops all timers and drops what was held back. What passes from now on is not changed. */
  dispose(): void {
    if (this.state === 'disposed') return;
    this.stop('disposed');
    this.limits.stop();
  }

  private resetSide(side: Side): void {
    if (!this.options.hasUpstream()) this.cut({ close: 'rst' });
    else if (side === 'client') this.below.reset();
    else this.reportEnd('rst');
  }

  private stop(state: 'cut' | 'disposed'): void {
    this.path.stop();
    this.streams.stop();
    this.state = state;
  }

  private pathOwner(): FaultPathOwner {
    const { record, ended } = this.options;
    return {
      octets: (octets) => this.listener.octets(octets),
      clientEnd: (end) => (end.byFault || end.isWhole ? this.cut(end) : this.reportEnd(end.close)),
      cut: (end) => this.cut(end),
      endClient: (how) => this.endClient(how),
      drained: () => this.listener.drained(),
      settled: () => this.settled(),
      acted: ({ fault, at }) => {
        const live = this.acting.find(fault);
        if (live) record.add(live.id, live.fault, at);
      },
      ended: ({ fault, imitates, connectionClose }) => {
        record.endedBy(fault, { imitates, connectionClose });
        ended();
      },
    };
  }

  /** More may be known of the connection by now, and the client may have to wait. */
  private settled(): void {
    this.streams.ask(() => this.acting.known(this.gate.knows));
    if (!this.hold.gate(this.state === 'acting' && this.gate.isHolding)) this.stepAside();
  }

  /** Takes itself out of the way of the octets when no fault can act on them. */
  private stepAside(): void {
    const { gate, below, path, acting, options } = this;
    const { moment } = gate.knows;
    if (moment === this.askedAt || this.state !== 'acting' || below.sent !== null || below.saw !== null) return;
    if (acting.hasOwn || !path.isAtRest) return;
    this.askedAt = moment;
    if (options.canAct(gate.knows)) return;
    this.dispose();
    below.listener = this.listener;
    options.steppedAside();
  }

  private clientEnded(how: Close): void {
    if (this.state === 'disposed') this.reportEnd(how);
    if (this.state !== 'acting') return;
    this.limits.clientEnded(how);
    this.path.clientEnded(how);
  }

  private endDown(close: Close): void {
    if (this.state === 'acting') {
      this.limits.upstreamEnded();
      this.path.down.end(close);
    } else if (this.state === 'disposed') {
      if (close === 'fin') this.below.finish();
      else this.below.reset();
    }
  }

  /** A stream fault ends both sides. */
  private cut(end: ClientEnd): void {
    if (this.state !== 'acting') return;
    this.stop('cut');
    this.options.ended();
    this.endClient(end);
    this.reportEnd(end.close, end.afterDelivery);
  }

  private endClient({ close, afterDelivery, isTruncated }: ClientEnd): void {
    this.limits.faultEnded();
    if (afterDelivery) this.below.closeDelivered(close);
    else if (close === 'fin' && this.below.saw === null) this.below.dismiss(NOTHING, 'fin', isTruncated);
    else this.below.reset();
    // The upstream is read to its end, whatever the client still had to take.
    this.path.clientLeft();
    this.listener.drained();
  }

  private giveUp(): void {
    this.stop('cut');
    this.below.reset();
    this.reportEnd('rst');
  }
}
