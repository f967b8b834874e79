import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Fault } from '../fault.js';
import type { ActsAt } from '../fault-type.js';
import { sideOf } from '../moment.js';
import { rampsOf } from '../values.js';
import { type Entry, entryOf, isDue, isDueAtHeader } from './entry.js';
import type { Side, Trigger } from './fault-actions.js';

/** The handshake faults of one connection, in the order in which they were added. */
export class Entries {
  private all: Entry[] = [];
  private readonly current: (fault: Fault) => Fault['attributes'];

  /** @param valuesOf returns the attributes of a fault with the values that its ramps have now */
  constructor(valuesOf: (fault: Fault) => Fault['attributes']) {
    this.current = valuesOf;
  }

  /** The attributes of a fault with the values that its ramps have now. */
  valuesOf({ fault }: Entry): Fault['attributes'] {
    return rampsOf(fault).length === 0 ? fault.attributes : this.current(fault);
  }

  /** When a fault acts, with the values that its ramps have now. */
  atOf(entry: Entry): ActsAt {
    return rampsOf(entry.fault).length === 0 ? entry.at : entry.type.at(this.valuesOf(entry) as never);
  }

  /**
   * Replaces the faults. An entry whose fault is unchanged, or has nothing left to do, stays.
   *
   * @param faults faults of other kinds are ignored
   * @returns the entries that were removed
   */
  set(faults: readonly Fault[]): readonly Entry[] {
    const before = this.all;
    this.all = faults.flatMap((fault) => {
      const added = entryOf(fault, this.current);
      if (added === undefined) return [];
      const known = before.find(({ id, fault: { type } }) => id === added.id && type === fault.type);
      const isChanged =
        known !== undefined && known.fault !== fault && (known.state === 'waiting' || known.undo !== null);
      return [known && !isChanged ? known : added];
    });
    return before.filter((entry) => !this.all.includes(entry));
  }

  /** Sets faults that have been decided on before. They do not act any more unless they are changed into others. */
  setDecided(faults: readonly Fault[]): void {
    this.set(faults);
    for (const entry of this.all) entry.state = 'passed by';
  }

  /** The entries that wait for this trigger. */
  due(trigger: Trigger): Entry[] {
    return this.all.filter((entry) => isDue(entry, trigger));
  }

  /** Whether any waits for octet number `count` of the header. */
  isDueAtHeader(count: number): boolean {
    return this.all.some((entry) => isDueAtHeader(entry, count));
  }

  /** Whether any waits for an octet of the header after number `count`. */
  waitsForHeaderAfter(count: number): boolean {
    return this.all.some(
      ({ state, at }) => state === 'waiting' && at.moment === 'header' && (at.octets ?? HEADER_LENGTH) > count,
    );
  }

  /** Whether any waits for a frame of this side. */
  waitsForFrameOf(side: Side): boolean {
    return this.all.some(
      ({ state, at: { moment } }) =>
        state === 'waiting' && moment !== null && moment !== 'header' && sideOf(moment) === side,
    );
  }

  /** The entries that wait only for their conditions, not for a moment. */
  withoutMoment(): readonly Entry[] {
    return this.all.filter(({ state, at }) => state === 'waiting' && at.moment === null);
  }
}
