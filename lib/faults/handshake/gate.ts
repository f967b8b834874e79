import { HEADER_LENGTH, isAmqp10, type Quad, quadOf } from '../../amqp/header.js';
import type { Close } from '../../close.js';
import type { Fault } from '../fault.js';
import type { ActsAt } from '../fault-type.js';
import { type Moment, sideOf } from '../moment.js';
import { Direction } from './direction.js';
import type { Effect } from './effect.js';
import { EffectList } from './effect-list.js';
import { Ending } from './ending.js';
import { type Entry, entryOf, isDue, isDueAtHeader } from './entry.js';
import type { FaultActions, Setting, Side, Undo, Unit } from './fault-actions.js';
import { Knowledge, type KnownOfGate, methodOf, momentOfMethod } from './knowledge.js';

export type GateOptions = {
  readonly setting: Setting;
  /**
   * Whether a fault acts on this connection; asked once, and only when the fault applies, so that the answer may count as
   * a hit. `later`: a condition is not known yet; it is asked again.
   */
  readonly decide: (fault: Fault, known: KnownOfGate) => 'acts' | 'never' | 'later';
};

const NOTHING = new Uint8Array();

/** What makes the moment that faults act at, as far as it was not passed on, and who has still to act. */
type Work = {
  unit: Unit;
  rest: Uint8Array;
  readonly direction: Direction;
  readonly due: Entry[];
  holds: number;
  readonly then: () => void;
};

/**
 * Carries the faults of the handshake out on one connection. Pure: octets, ends and timers in, effects out. Without a
 * fault that acts it passes on what comes, unchanged; it holds a handshake frame back only as long as a fault waits for
 * a moment of that side. What it cannot follow it leaves alone.
 */
export class Gate {
  private readonly options: GateOptions;
  private readonly effects = new EffectList();
  private entries: Entry[] = [];
  private readonly up: Direction;
  private readonly down: Direction;
  private readonly ending: Ending;
  private readonly knowledge = new Knowledge();
  private readonly rewrites: { readonly moment: Moment; readonly rewrite: (unit: Unit) => Uint8Array }[] = [];
  /** How many octets of the header were dealt with. */
  private headerAt = -1;
  /** The client's Open, as long as it is held back. */
  private openWork: Work | null = null;

  constructor(options: GateOptions) {
    this.options = options;
    this.up = this.direction('client');
    this.down = this.direction('upstream');
    this.ending = new Ending(this.up, this.down, this.effects);
  }

  /** The last moment that has come, and what is known by it. */
  get knows(): KnownOfGate {
    return this.knowledge.known;
  }

  /** A fault keeps the client waiting, or has ended it: the deadline of the handshake is not to be kept. */
  get isHolding(): boolean {
    return !this.ending.isOpen || this.up.intake.isBlocked || this.down.intake.isBlocked;
  }

  /**
   * The faults of the proxy that are in their time, in the order in which they were added; those of other kinds are
   * ignored. What is no longer there is undone; what is new acts if its moment is still to come, or is `running`.
   */
  setFaults(faults: readonly Fault[]): Effect[] {
    const before = this.entries;
    this.entries = faults.flatMap((fault) => {
      const added = entryOf(fault);
      if (added === undefined) return [];
      const known = before.find(({ id, fault: { type } }) => id === added.id && type === fault.type);
      const isChanged =
        known !== undefined && known.fault !== fault && (known.state === 'waiting' || known.undo !== null);
      return [known && !isChanged ? known : added];
    });
    for (const gone of before) if (!this.entries.includes(gone)) this.undo(gone);
    if (this.knowledge.moment === 'running' && this.ending.isOpen) {
      this.arrive({ moment: 'running', octets: NOTHING, method: null }, this.down, 0, () => {});
    }
    this.decideFreeOnes();
    return this.effects.flush();
  }

  /** The connection has been accepted. Call `setFaults` first. */
  accepted(): Effect[] {
    this.arrive({ moment: 'accept', octets: NOTHING, method: null }, this.up, 0, () => this.header(NOTHING));
    return this.effects.flush();
  }

  /**
   * Takes over a connection on which there were no faults before. Call it first.
   *
   * @param passed what has passed of its handshake, in order; null if that is not known
   * @param underWay of an open connection: what has passed of the frames that are under way; null if that is not known.
   *   Undefined as long as it is not open
   */
  takeOver(
    passed: readonly { readonly from: Side; readonly octets: Uint8Array }[] | null,
    underWay?: { readonly [side in Side]: Uint8Array } | null,
  ): void {
    this.accepted();
    for (const { from, octets } of passed ?? []) this.octets(from, octets);
    if (passed === null || underWay === null) this.lose();
    else if (underWay !== undefined) {
      if (this.up.phase === 'running') this.up.resumeIn(underWay.client);
      if (this.down.phase === 'running') this.down.resumeIn(underWay.upstream);
    }
    this.effects.flush();
  }

  /** Octets of a side; valid during the call, and while its effects are carried out. */
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

  /** The time of a timer is over. */
  fired(id: number): Effect[] {
    this.effects.fired(id);
    return this.effects.flush();
  }

  private direction(from: Side): Direction {
    const to = from === 'client' ? 'upstream' : 'client';
    const direction: Direction = new Direction(from, {
      send: (octets) => this.effects.push({ type: 'send', to, octets }),
      end: (close) => this.ending.carry(to, close),
      pause: (isPaused) => this.effects.push({ type: isPaused ? 'pause' : 'resume', side: from }),
      header: (octets) => this.header(octets),
      holdsFrames: () => this.waitsFor(from),
      frame: (octets, passed) => this.frame(direction, octets, passed),
      lost: () => this.lose(),
    });
    return direction;
  }

  /** Whether something may happen to the next frame of a side. */
  private waitsFor(side: Side): boolean {
    const isToCome = (moment: Moment | null) => moment !== null && moment !== 'header' && sideOf(moment) === side;
    return (
      !this.ending.isOpen ||
      this.entries.some(({ state, at }) => state === 'waiting' && isToCome(at.moment)) ||
      this.rewrites.some(({ moment }) => sideOf(moment) === side)
    );
  }

  /** Goes through the octets of the header one after the other, as far as they have come. */
  private header(octets: Uint8Array): void {
    while (this.headerAt < octets.length) {
      this.headerAt += 1;
      const count = this.headerAt;
      if (count === HEADER_LENGTH) this.knowledge.header(octets);
      if (!this.entries.some((each) => isDueAtHeader(each, count))) continue;
      const unit: Unit = { moment: 'header', octets: octets.subarray(0, count), method: null };
      this.arrive(unit, this.up, Math.min(this.up.headerPassed, count), () => this.header(octets));
      return;
    }
    const isAwaited = this.entries.some(
      ({ state, at }) => state === 'waiting' && at.moment === 'header' && (at.octets ?? HEADER_LENGTH) > octets.length,
    );
    if (!isAwaited) this.up.passHeader(octets.length);
    if (octets.length < HEADER_LENGTH) return;
    this.decideFreeOnes();
    const quad = quadOf(octets);
    const isFollowed = quad !== undefined && hasFrames(quad);
    this.up.phase = isFollowed ? 'frames' : 'blind';
    if (!isFollowed) this.lose();
  }

  private frame(direction: Direction, octets: Uint8Array, passed: number): void {
    const method = methodOf(octets);
    if (this.ending.heard(direction.from, method)) return;
    const moment = momentOfMethod(method);
    // A method from the other side is none of the handshake.
    if (method === null || moment === undefined || sideOf(moment) !== direction.from) {
      direction.pass(octets.subarray(passed));
      return;
    }
    this.knowledge.method(method, moment);
    this.ending.reached(moment);
    // Where any frame can follow, they are not held whole.
    if (moment === 'open') this.up.phase = 'running';
    if (moment === 'running') this.down.phase = 'running';
    this.arrive(this.rewritten({ moment, octets, method }, passed), direction, passed, () => {});
  }

  private rewritten(unit: Unit, passed: number): Unit {
    const at = this.rewrites.findIndex(({ moment }) => moment === unit.moment);
    const rewrite = at < 0 || passed > 0 ? undefined : this.rewrites.splice(at, 1)[0]?.rewrite;
    return rewrite ? { ...unit, octets: rewrite(unit) } : unit;
  }

  /** Faults act on what has come, one after the other; what they leave of it passes, and `then` it goes on. */
  private arrive(unit: Unit, direction: Direction, passed: number, then: () => void): void {
    const due = this.entries.filter((each) => isDue(each, unit));
    const work: Work = { unit, rest: unit.octets.subarray(passed), direction, due, holds: 0, then };
    if (unit.moment === 'open') this.openWork = work;
    this.proceed(work);
    this.decideFreeOnes();
  }

  private proceed(work: Work): void {
    while (work.holds === 0) {
      const each = work.due.shift();
      if (each === undefined) break;
      if (!this.ending.isOpen || !this.choose(each, work)) continue;
      this.passUpTo(work, each.at.place);
      if (each.at.delay > 0) this.actLater(each, work);
      else this.act(each, work);
    }
    if (work.holds > 0) return;
    // The header is passed on when all who wait for an octet of it have acted.
    if (work.unit.moment !== 'header') work.direction.pass(work.rest);
    work.rest = NOTHING;
    work.then();
  }

  /** Keeps back what was not passed on, and all that follows it. @returns what lets it go on */
  private hold(work: Work): Undo {
    const isPassed = work.rest.length === 0 && work.unit.octets.length > 0;
    const isNotThere = work.unit.moment === 'running' && work.unit.octets.length === 0;
    if (isPassed || isNotThere) return () => {};
    work.holds += 1;
    work.direction.intake.block();
    return once(() => {
      work.holds -= 1;
      if (!this.ending.isOpen) return;
      this.proceed(work);
      work.direction.intake.unblock();
    });
  }

  private choose(each: Entry, { unit, rest }: Work): boolean {
    const { setting, decide } = this.options;
    const isWhole = unit.octets.length > 0 && rest.length === unit.octets.length;
    const applies = each.type.applies?.({ unit, isWhole, negotiated: this.knowledge.negotiated, setting }) ?? true;
    const decision = applies ? decide(each.fault, this.knowledge.known) : 'never';
    if (decision === 'later' && each.at.moment === null) return false;
    each.state = decision === 'acts' ? 'acted' : 'passed by';
    return decision === 'acts';
  }

  /** Faults without a moment act as soon as their conditions are known. */
  private decideFreeOnes(): void {
    for (const each of this.entries) {
      if (each.state !== 'waiting' || each.at.moment !== null || !this.ending.isOpen) continue;
      const unit: Unit = { moment: this.knowledge.moment, octets: NOTHING, method: null };
      const work: Work = { unit, rest: NOTHING, direction: this.down, due: [], holds: 0, then: () => {} };
      if (this.choose(each, work)) this.act(each, work);
    }
  }

  private actLater(each: Entry, work: Work): void {
    const release = this.hold(work);
    const cancel = this.effects.timer(each.at.delay, () => {
      each.undo = null;
      if (this.ending.isOpen) this.act(each, work);
      release();
    });
    each.undo = () => {
      cancel();
      release();
    };
  }

  private act(each: Entry, work: Work): void {
    this.effects.push({ type: 'acted', fault: each.id, at: work.unit.moment });
    each.undo = each.type.act(each.fault.attributes as never)(this.actionsOf(each, work)) ?? null;
  }

  private actionsOf(each: Entry, work: Work): FaultActions {
    return {
      unit: work.unit,
      setting: this.options.setting,
      negotiated: this.knowledge.negotiated,
      stream: each.fault.stream,
      rewrite: (octets) => {
        work.unit = { ...work.unit, octets, method: methodOf(octets) };
        work.rest = octets;
      },
      rewriteAt: (moment, rewrite) => this.rewrites.push({ moment, rewrite }),
      endClient: (close, octets, imitates) => this.ending.endClient(each.id, this.openRest(), close, octets, imitates),
      closeClient: (method, timeout, close) =>
        this.ending.closeClient(each.id, this.openRest(), method, timeout, close),
      stall: (ms, then) => this.stall(each, work, ms, then),
      insert: (octets) => this.down.whenAtBoundary(() => this.down.pass(octets)),
      filter: (side, filter) => (side === 'client' ? this.up : this.down).filter(filter),
      after: (ms, then) => this.effects.timer(ms, then),
    };
  }

  private stall(each: Entry, work: Work, ms: number, then: Close | 'resume'): Undo {
    const release = this.hold(work);
    this.down.intake.block();
    const resume = once(() => {
      release();
      if (this.ending.isOpen) this.down.intake.unblock();
    });
    if (ms === 0) return resume;
    const cancel = this.effects.timer(ms, () => {
      each.undo = null;
      if (then === 'resume') resume();
      else this.ending.endClient(each.id, this.openRest(), then);
    });
    return () => {
      cancel();
      resume();
    };
  }

  /** What is held back of the client's Open; it is handed out once. */
  private openRest(): Uint8Array {
    const rest = this.openWork?.rest ?? NOTHING;
    if (this.openWork) this.openWork.rest = NOTHING;
    return rest;
  }

  private passUpTo(work: Work, place: ActsAt['place']): void {
    const { length } = work.unit.octets;
    const counts = { before: 0, middle: Math.floor(length / 2), after: length };
    const count = typeof place === 'number' ? Math.min(place, length) : counts[place];
    const passed = length - work.rest.length;
    if (count <= passed) return;
    if (work.unit.moment === 'header') this.up.passHeader(count);
    else work.direction.pass(work.unit.octets.subarray(passed, count));
    work.rest = work.unit.octets.subarray(count);
  }

  private undo(gone: Entry): void {
    const { undo } = gone;
    gone.undo = null;
    if (this.ending.isOpen) undo?.();
  }

  private lose(): void {
    this.up.goBlind();
    this.down.goBlind();
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/** Whether AMQP 0-x follows this header. */
function hasFrames(quad: Quad): boolean {
  return !isAmqp10(quad) && ['0,0,9,1', '1,1,0,9', '1,1,8,0', '1,1,9,1'].includes(quad.join());
}
