import type { OpenedHandshake } from '../../amqp/conversation-0-9-1.js';
import type { Handshake } from '../../amqp/handshake.js';
import { HEADER_LENGTH, isAmqp10, type Quad, quadOf } from '../../amqp/header.js';
import type { Close } from '../../close.js';
import type { Fault } from '../fault.js';
import { MessageChain } from '../message/message-chain.js';
import { sideOf } from '../moment.js';
import { valuesAt } from '../values.js';
import { type Detour, Direction } from './direction.js';
import type { Effect } from './effect.js';
import { EffectList } from './effect-list.js';
import { Ending } from './ending.js';
import { Entries } from './entries.js';
import type { Side, Trigger } from './fault-actions.js';
import { FaultRunner, type GateOptions } from './fault-runner.js';
import { Knowledge, type KnownOfGate, methodOf, momentOfMethod } from './knowledge.js';
import { Rewrites } from './rewrites.js';

const NOTHING = new Uint8Array();

/**
 * Applies the handshake faults of one connection. It is pure: octets, closes and timers go in, effects come out. Without
 * a fault that acts, everything passes unchanged; a handshake frame is held only while a fault waits for a moment of
 * that side. What the gate cannot parse it passes on.
 */
export class Gate {
  private readonly effects = new EffectList();
  private readonly entries: Entries;
  private readonly rewrites = new Rewrites();
  private readonly knowledge = new Knowledge();
  private readonly up = this.direction('client');
  private readonly down = this.direction('upstream');
  private readonly ending = new Ending(this.up, this.down, this.effects);
  private readonly messages = this.messageChain();
  private readonly runner: FaultRunner;
  /** How many octets of the header have been handled; -1 before the connection is accepted. */
  private headerAt = -1;

  constructor(options: GateOptions) {
    this.entries = new Entries(options.valuesOf ?? ((fault) => valuesAt(fault, 0)));
    const { effects, entries, rewrites, knowledge, up, down, ending, messages } = this;
    this.runner = new FaultRunner({ options, effects, entries, rewrites, knowledge, up, down, ending, messages });
  }

  /** The last moment that was reached, and what is known of the connection since then. */
  get knows(): KnownOfGate {
    return this.knowledge.known;
  }

  /** What the client has said in its handshake, also in methods that a fault did not pass on. */
  get said(): Handshake {
    return this.knowledge.said;
  }

  /** Whether a fault keeps the client waiting or has ended it. The handshake deadline does not apply then. */
  get isHolding(): boolean {
    return !this.ending.isOpen || this.up.intake.isBlocked || this.down.intake.isBlocked;
  }

  /** Whether nothing is held, and nothing that a fault has begun is under way. */
  get isAtRest(): boolean {
    const { effects, rewrites, up, down, ending, messages } = this;
    return ending.isOpen && rewrites.isEmpty && !effects.hasTimers && up.isAtRest && down.isAtRest && messages.isEmpty;
  }

  /**
   * Sets the active faults of the proxy, in the order in which they were added. Faults of other kinds are ignored. Faults
   * that were removed are undone; new ones act if their moment is still to come, or is `running`.
   */
  setFaults(faults: readonly Fault[]): Effect[] {
    for (const removed of this.entries.set(faults)) this.runner.undo(removed);
    if (this.knowledge.moment === 'running' && this.ending.isOpen) {
      this.runner.arrive({ moment: 'running', octets: NOTHING, method: null }, this.down, 0);
    }
    this.runner.actWithoutMoment();
    return this.effects.flush();
  }

  /** The connection has been accepted. Call `setFaults` first. */
  accepted(): Effect[] {
    this.runner.arrive({ moment: 'accept', octets: NOTHING, method: null }, this.up, 0, () => this.header(NOTHING));
    return this.effects.flush();
  }

  /** Sets the faults on which was decided before the connection is taken over. Call it before `takeOver` and `takeOverOpen`. */
  setDecided(faults: readonly Fault[]): void {
    this.entries.setDecided(faults);
  }

  /**
   * Takes over a connection that is being opened and had no gate before.
   *
   * @param passed what has passed of the handshake, in order; null if that is not known
   */
  takeOver(passed: readonly { readonly from: Side; readonly octets: Uint8Array }[] | null): void {
    this.accepted();
    for (const { from, octets } of passed ?? []) this.octets(from, octets);
    if (passed === null) this.lose();
    this.effects.flush();
  }

  /** Takes over an open AMQP 0-9-1 connection that had no gate before. */
  takeOverOpen(header: Uint8Array, opened: OpenedHandshake): void {
    this.accepted();
    this.headerAt = HEADER_LENGTH;
    this.knowledge.opened(quadOf(header) ?? null, opened);
    this.ending.reached('running');
    this.up.phase = 'running';
    this.down.phase = 'running';
    const { underWay } = opened;
    if (underWay === null) this.lose();
    else {
      this.up.resumeIn(underWay.client);
      this.down.resumeIn(underWay.upstream);
    }
    this.effects.flush();
  }

  /**
   * The fast path of `octets`, without effects.
   *
   * @returns whether the octets pass unchanged, and the caller must pass them on; if not, they are for `octets`
   */
  follows(from: Side, octets: Uint8Array): boolean {
    return this.ending.isOpen && (from === 'client' ? this.up : this.down).follows(octets);
  }

  /** Octets of a side. They must not change until the effects have been carried out. */
  octets(from: Side, octets: Uint8Array): Effect[] {
    if (this.ending.listensTo(from)) (from === 'client' ? this.up : this.down).intake.take(octets);
    return this.effects.flush();
  }

  /** A side has closed. */
  ended(side: Side, close: Close): Effect[] {
    if (side === 'client') this.ending.clientEnded(close);
    else this.ending.upstreamEnded(close);
    return this.effects.flush();
  }

  /** A timer has fired. */
  fired(id: number): Effect[] {
    this.effects.fired(id);
    return this.effects.flush();
  }

  private direction(from: Side): Direction {
    const to = from === 'client' ? 'upstream' : 'client';
    const direction: Direction = new Direction(from, {
      send: (octets) => this.effects.push({ type: 'send', to, octets }),
      end: (close) => this.ending.relay(to, close),
      pause: (isPaused) => this.effects.push({ type: isPaused ? 'pause' : 'resume', side: from }),
      header: (octets) => this.header(octets),
      holdsFrames: () => !this.ending.isOpen || this.entries.waitsForFrameOf(from) || this.rewrites.concern(from),
      frame: (octets, passed) => this.frame(direction, octets, passed),
      lost: () => this.lose(),
    });
    return direction;
  }

  /** The chain of message faults: the octets of the open connection pass through it while it has any. */
  private messageChain(): MessageChain {
    const { up, down, effects } = this;
    const chain: MessageChain = new MessageChain({
      send: (to, octets) => (to === 'client' ? down : up).pass(octets),
      timer: (ms, then) => effects.timer(ms, then),
      needed: (isNeeded) => {
        for (const direction of [up, down]) {
          const { from } = direction;
          const detour: Detour = {
            read: (octets) => chain.read(from, octets),
            end: () => chain.ended(from),
            get isAtBoundary() {
              return from === 'client' || !chain.isCut;
            },
          };
          direction.divert(isNeeded ? detour : null, () => chain.open(from));
        }
      },
    });
    return chain;
  }

  /** Handles the octets of the header one by one, as far as they were received. */
  private header(octets: Uint8Array): void {
    while (this.headerAt < octets.length) {
      this.headerAt += 1;
      const count = this.headerAt;
      if (count === HEADER_LENGTH) this.knowledge.header(octets);
      if (!this.entries.isDueAtHeader(count)) continue;
      const trigger: Trigger = { moment: 'header', octets: octets.subarray(0, count), method: null };
      this.runner.arrive(trigger, this.up, Math.min(this.up.headerPassed, count), () => this.header(octets));
      return;
    }
    if (!this.entries.waitsForHeaderAfter(octets.length)) this.up.passHeader(octets.length);
    if (octets.length < HEADER_LENGTH) return;
    this.runner.actWithoutMoment();
    const quad = quadOf(octets);
    const isFollowed = quad !== undefined && hasFrames(quad);
    this.up.phase = isFollowed ? 'frames' : 'blind';
    if (!isFollowed) this.lose();
  }

  private frame(direction: Direction, octets: Uint8Array, passed: number): void {
    const method = methodOf(octets);
    if (this.ending.received(direction.from, method)) return;
    const moment = momentOfMethod(method);
    // A method from the wrong side is not part of the handshake.
    if (method === null || moment === undefined || sideOf(moment) !== direction.from) {
      direction.pass(octets.subarray(passed));
      return;
    }
    this.knowledge.method(method, moment);
    this.ending.reached(moment);
    // The frames that can follow have any size.
    if (moment === 'open') this.up.phase = 'running';
    if (moment === 'running') this.down.phase = 'running';
    this.runner.arrive(this.rewrites.apply({ moment, octets, method }, passed), direction, passed);
  }

  private lose(): void {
    this.up.goBlind();
    this.down.goBlind();
  }
}

/** Whether AMQP 0-x follows this header. */
function hasFrames(quad: Quad): boolean {
  return !isAmqp10(quad) && ['0,0,9,1', '1,1,0,9', '1,1,8,0', '1,1,9,1'].includes(quad.join());
}
