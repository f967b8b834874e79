import type { ActsAt } from '../fault-type.js';
import type { Direction } from './direction.js';
import type { Entry } from './entry.js';
import type { Trigger } from './fault-actions.js';
import { methodOf } from './knowledge.js';

const NOTHING = new Uint8Array();

/** A trigger that has arrived: how much of it has been passed on, and which faults still have to act on it. */
export class Arrival {
  trigger: Trigger;
  /** What has not been passed on. */
  rest: Uint8Array;
  readonly direction: Direction;
  /** The faults that have not acted yet, in order. */
  readonly due: Entry[];
  /** Called when all of them have acted, and the rest has been passed on. */
  readonly done: () => void;
  /** How many faults hold it. */
  holds = 0;

  /** @param passed how many octets of the trigger have been passed on */
  constructor(trigger: Trigger, direction: Direction, passed: number, due: Entry[], done: () => void = () => {}) {
    this.trigger = trigger;
    this.rest = trigger.octets.subarray(passed);
    this.direction = direction;
    this.due = due;
    this.done = done;
  }

  /** Whether there are octets, and none of them has been passed on. */
  get isWhole(): boolean {
    const { length } = this.trigger.octets;
    return length > 0 && this.rest.length === length;
  }

  /** Whether there is anything to hold: octets, or what follows a moment that has none. */
  get canBeHeld(): boolean {
    const { moment, octets } = this.trigger;
    return this.rest.length > 0 || (octets.length === 0 && moment !== 'running');
  }

  /** Replaces the octets, and the method in them. */
  rewrite(octets: Uint8Array, method: Trigger['method'] = methodOf(octets)): void {
    this.trigger = { ...this.trigger, octets, method };
    this.rest = octets;
  }

  passUpTo(place: ActsAt['place']): void {
    const { octets, moment } = this.trigger;
    const { length } = octets;
    const counts = { before: 0, middle: Math.floor(length / 2), after: length };
    const count = typeof place === 'number' ? Math.min(place, length) : counts[place];
    const passed = length - this.rest.length;
    if (count <= passed) return;
    if (moment === 'header') this.direction.passHeader(count);
    else this.direction.pass(octets.subarray(passed, count));
    this.rest = octets.subarray(count);
  }

  passRest(): void {
    const rest = this.takeRest();
    // The header is passed on when every fault that waits for an octet of it has acted.
    if (this.trigger.moment !== 'header') this.direction.pass(rest);
  }

  /** Returns what has not been passed on; the caller must pass it on. */
  takeRest(): Uint8Array {
    const { rest } = this;
    this.rest = NOTHING;
    return rest;
  }
}
