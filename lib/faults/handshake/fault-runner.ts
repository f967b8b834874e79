import type { Close } from '../../close.js';
import type { Fault } from '../fault.js';
import type { MessageChain } from '../message/message-chain.js';
import { Selection } from '../message/selection.js';
import { Arrival } from './arrival.js';
import type { Direction } from './direction.js';
import type { EffectList } from './effect-list.js';
import type { Ending } from './ending.js';
import type { Entries } from './entries.js';
import type { Entry } from './entry.js';
import type { FaultActions, Setting, Trigger, Undo } from './fault-actions.js';
import type { Knowledge, KnownOfGate } from './knowledge.js';
import type { Rewrites } from './rewrites.js';

export type GateOptions = {
  readonly setting: Setting;
  /**
   * Whether a fault acts on this connection. Called once per fault, and only when the fault applies, so that the answer
   * may count as a hit. `later`: a condition is not known yet; it is called again.
   */
  readonly decide: (fault: Fault, known: KnownOfGate) => 'acts' | 'never' | 'later';
  /** Returns the attributes of a fault with the values that its ramps have now. @defaultValue their first values */
  readonly valuesOf?: ((fault: Fault) => Fault['attributes']) | undefined;
  /** Returns a generator of numbers in [0, 1) for a fault on this connection. */
  readonly random: (fault: Fault) => () => number;
};

const NOTHING = new Uint8Array();

/** The parts of a gate. */
type Parts = {
  readonly options: GateOptions;
  readonly up: Direction;
  readonly down: Direction;
  readonly ending: Ending;
  readonly effects: EffectList;
  readonly entries: Entries;
  readonly rewrites: Rewrites;
  readonly knowledge: Knowledge;
  readonly messages: MessageChain;
};

/** Lets the faults of one connection act, one after the other, on each trigger that arrives. */
export class FaultRunner {
  private readonly parts: Parts;
  /** The client's Open. */
  private open: Arrival | null = null;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /**
   * Lets faults act on a trigger. What they leave of it is passed on.
   *
   * @param passed how many octets of the trigger have been passed on
   * @param done called when they all have acted
   */
  arrive(trigger: Trigger, direction: Direction, passed: number, done?: () => void): void {
    const arrival = new Arrival(trigger, direction, passed, this.parts.entries.due(trigger), done);
    if (trigger.moment === 'open') this.open = arrival;
    this.proceed(arrival);
    this.actWithoutMoment();
  }

  /** Lets faults without a moment act if their conditions are known. */
  actWithoutMoment(): void {
    const { ending, entries, knowledge, down } = this.parts;
    for (const entry of entries.withoutMoment()) {
      if (!ending.isOpen) return;
      const trigger: Trigger = { moment: knowledge.moment, octets: NOTHING, method: null };
      const arrival = new Arrival(trigger, down, 0, []);
      if (this.choose(entry, arrival)) this.act(entry, arrival);
    }
  }

  /** Undoes what a removed fault has done. */
  undo(entry: Entry): void {
    const { undo } = entry;
    entry.undo = null;
    if (this.parts.ending.isOpen) undo?.();
  }

  private proceed(arrival: Arrival): void {
    while (arrival.holds === 0) {
      const entry = arrival.due.shift();
      if (entry === undefined) break;
      if (!this.parts.ending.isOpen || !this.choose(entry, arrival)) continue;
      const { place, delay } = this.parts.entries.atOf(entry);
      arrival.passUpTo(place);
      if (delay > 0) this.actLater(entry, arrival, delay);
      else this.act(entry, arrival);
    }
    if (arrival.holds > 0) return;
    arrival.passRest();
    arrival.done();
  }

  /** Holds what has not been passed on, and all that follows it. @returns what ends the hold */
  private hold(arrival: Arrival): Undo {
    if (!arrival.canBeHeld) return () => {};
    const { intake } = arrival.direction;
    arrival.holds += 1;
    intake.block();
    return once(() => {
      arrival.holds -= 1;
      if (!this.parts.ending.isOpen) return;
      this.proceed(arrival);
      intake.unblock();
    });
  }

  private choose(entry: Entry, { trigger, isWhole }: Arrival): boolean {
    const { options, knowledge } = this.parts;
    const { setting, decide } = options;
    const { attributes, when } = entry.fault;
    const { negotiated } = knowledge;
    const connection = { attributes: attributes as never, when, trigger, isWhole, negotiated, setting };
    const applies = entry.type.applies?.(connection) ?? true;
    const decision = applies ? decide(entry.fault, knowledge.known) : 'never';
    if (decision === 'later' && entry.at.moment === null) return false;
    entry.state = decision === 'acts' ? 'acted' : 'passed by';
    return decision === 'acts';
  }

  private actLater(entry: Entry, arrival: Arrival, delay: number): void {
    const release = this.hold(arrival);
    const cancel = this.parts.effects.timer(delay, () => {
      entry.undo = null;
      if (this.parts.ending.isOpen) this.act(entry, arrival);
      release();
    });
    entry.undo = () => {
      cancel();
      release();
    };
  }

  private act(entry: Entry, arrival: Arrival): void {
    this.parts.effects.push({ type: 'acted', fault: entry.id, at: arrival.trigger.moment });
    entry.undo = entry.type.act(this.parts.entries.valuesOf(entry) as never)(this.actionsOf(entry, arrival)) ?? null;
  }

  private actionsOf(entry: Entry, arrival: Arrival): FaultActions {
    const { options, up, down, ending, effects, rewrites, knowledge, messages } = this.parts;
    return {
      trigger: arrival.trigger,
      setting: options.setting,
      negotiated: knowledge.negotiated,
      stream: entry.fault.stream,
      rewrite: (octets, method) => arrival.rewrite(octets, method),
      rewriteAt: (moment, rewrite) => rewrites.add(moment, rewrite),
      endClient: (close, octets, imitates) => ending.endClient(entry.id, this.openRest(), close, octets, imitates),
      truncateClient: () => ending.truncateClient(entry.id, this.openRest()),
      closeClient: (method, timeout, close) => ending.closeClient(entry.id, this.openRest(), method, timeout, close),
      stall: (ms, then) => this.stall(entry, arrival, ms, then),
      insert: (octets) => down.whenAtBoundary(() => down.pass(octets)),
      filter: (side, filter) => (side === 'client' ? up : down).filter(filter),
      selection: (amount) => new Selection(entry.fault.when, amount, options.random(entry.fault)),
      messages: (open) => messages.add(open),
      after: (ms, then) => effects.timer(ms, then),
    };
  }

  private stall(entry: Entry, arrival: Arrival, ms: number, then: Close | 'resume'): Undo {
    const { down, ending, effects } = this.parts;
    const release = this.hold(arrival);
    down.intake.block();
    const resume = once(() => {
      release();
      if (ending.isOpen) down.intake.unblock();
    });
    if (ms === 0) return resume;
    const cancel = effects.timer(ms, () => {
      entry.undo = null;
      if (then === 'resume') resume();
      else ending.endClient(entry.id, this.openRest(), then);
    });
    return () => {
      cancel();
      resume();
    };
  }

  /** The part of the client's Open that has not been passed on. It is returned once. */
  private openRest(): Uint8Array {
    return this.open?.takeRest() ?? NOTHING;
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
