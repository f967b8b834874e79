import type { Clock } from '../../clock.js';
import type { Close } from '../../close.js';
import type { Fault } from '../../faults/fault.js';
import type { Effect } from '../../faults/handshake/effect.js';
import type { Side } from '../../faults/handshake/fault-actions.js';
import type { GateOptions } from '../../faults/handshake/fault-runner.js';
import { Gate } from '../../faults/handshake/gate.js';
import { Chain } from '../../faults/stream/chain.js';
import type { End } from '../../faults/stream/link.js';
import type { ClientPeer } from '../peer/secured-client.js';
import { EffectRunner, type EffectTarget } from './effect-runner.js';

/** How a fault ends the client. */
export type ClientEnd = Pick<End, 'close' | 'afterDelivery'> & {
  /** Without a close_notify before the FIN. @defaultValue false */
  readonly isTruncated?: boolean | undefined;
};

/** What the owner of a path is asked to do, and is notified of. */
export interface FaultPathOwner extends Pick<EffectTarget, 'acted' | 'ended'> {
  /** Octets for the upstream. @returns whether more may come */
  octets(octets: Uint8Array): boolean;
  /** The end of the client for the upstream, or an end by a stream fault for both. */
  clientEnd(end: End): void;
  /** A stream fault on the way to the client ends both sides. */
  cut(end: End): void;
  /** A handshake fault ends the client. */
  endClient(how: ClientEnd): void;
  /** There is room for more octets to the client. */
  drained(): void;
  /** Effects have been carried out. */
  settled(): void;
}

/**
 * The way of octets through the faults of one connection, with its back-pressure: client ↔ gate ↔ chains ↔ owner. Handshake
 * faults act in the gate, stream faults in the two chains.
 */
export class FaultPath {
  readonly gate: Gate;
  /** To the upstream. */
  readonly up: Chain;
  /** To the client. */
  readonly down: Chain;
  private readonly client: ClientPeer;
  private readonly owner: FaultPathOwner;
  private readonly effects: EffectRunner;
  private readonly isPaused: Record<Side, boolean> = { client: false, upstream: false };
  /** The side's buffers are full: nothing more should be written to it. */
  private readonly isFull: Record<Side, boolean> = { client: false, upstream: false };
  private isStopped = false;

  constructor(client: ClientPeer, owner: FaultPathOwner, options: GateOptions & { readonly clock: Clock }) {
    const { clock } = options;
    this.client = client;
    this.owner = owner;
    this.gate = new Gate(options);
    this.effects = new EffectRunner(this.effectTarget(), clock);
    this.up = new Chain({
      clock,
      sink: { octets: (octets) => owner.octets(octets), end: (end) => owner.clientEnd(end) },
      room: () => {
        this.isFull.upstream = false;
        this.goOn('client');
      },
    });
    this.down = new Chain({
      clock,
      sink: { octets: (octets) => this.toClient(octets), end: (end) => this.upstreamEnded(end) },
      room: () => owner.drained(),
    });
  }

  /** Whether nothing is held, and no link or filter will change what follows. */
  get isAtRest(): boolean {
    const { gate, up, down } = this;
    return gate.isAtRest && up.isEmpty && down.isEmpty;
  }

  /** The connection was just accepted. */
  accepted(): void {
    this.carryOut(this.gate.accepted());
  }

  setFaults(faults: readonly Fault[]): void {
    this.carryOut(this.gate.setFaults(faults));
  }

  /** Octets of the client. @returns whether more may come */
  fromClient(octets: Uint8Array): boolean {
    this.fromSide('client', octets);
    return !this.isFull.upstream && !this.isPaused.client;
  }

  /** The end of the client. */
  clientEnded(how: Close): void {
    this.carryOut(this.gate.ended('client', how));
  }

  /** The upstream has room again, or the listener that paused the client wants to read on. */
  resume(): void {
    if (this.isStopped) this.isFull.upstream = false;
    else this.up.drained();
    this.goOn('client');
  }

  /** The client has room again. */
  drained(): void {
    this.isFull.client = false;
    if (!this.isStopped) this.down.drained();
  }

  /** The client has left: it accepts everything from now on. */
  clientLeft(): void {
    this.isFull.client = false;
    if (!this.isStopped) this.down.sinkLeft();
  }

  /** Stops all timers and drops what was held back. */
  stop(): void {
    this.isStopped = true;
    this.effects.stop();
    this.up.dispose();
    this.down.dispose();
  }

  private effectTarget(): EffectTarget {
    const { owner, client } = this;
    return {
      send: (to, octets) => this.send(to, octets),
      end: ({ side, close, byFault, isTruncated }) => {
        if (side === 'upstream') this.up.end(close);
        else if (byFault) owner.endClient({ close, isTruncated });
        else if (close === 'fin') client.finish();
        else client.reset();
      },
      pause: (side) => {
        this.isPaused[side] = true;
      },
      resume: (side) => {
        this.isPaused[side] = false;
        this.goOn(side);
      },
      fired: (id) => this.carryOut(this.gate.fired(id)),
      acted: (effect) => owner.acted(effect),
      ended: (effect) => owner.ended(effect),
    };
  }

  private fromSide(from: Side, octets: Uint8Array): void {
    // Effects that are being carried out come first.
    if (!this.effects.isRunning && this.gate.follows(from, octets)) {
      this.send(from === 'client' ? 'upstream' : 'client', octets);
    } else this.carryOut(this.gate.octets(from, octets));
  }

  private send(to: Side, octets: Uint8Array): void {
    const goesOn = to === 'client' ? this.client.write(octets) : this.up.push(octets);
    if (!goesOn) this.isFull[to] = true;
  }

  private carryOut(effects: readonly Effect[]): void {
    if (this.effects.run(effects) && !this.isStopped) this.owner.settled();
  }

  /** Takes what comes out of the chain to the client. @returns whether more may come */
  private toClient(octets: Uint8Array): boolean {
    this.fromSide('upstream', octets);
    return !this.isFull.client && !this.isPaused.upstream;
  }

  private upstreamEnded(end: End): void {
    if (end.byFault || end.isWhole) this.owner.cut(end);
    else this.carryOut(this.gate.ended('upstream', end.close));
  }

  /** More may come from a side. */
  private goOn(side: Side): void {
    if (this.isPaused[side]) return;
    if (side === 'upstream') {
      if (!this.isFull.client) this.down.drained();
    } else if (!this.isFull.upstream) this.client.resume();
  }
}
