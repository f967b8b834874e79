import { HEADER_LENGTH } from '../../amqp/header.js';
import { type Fault, faultId } from '../fault.js';
import type { ActsAt, HandshakeFaultType } from '../fault-type.js';
import { faultType } from '../registry.js';
import type { Trigger, Undo } from './fault-actions.js';

/** A fault type of any attributes: the schema has checked them. */
type HandshakeType = HandshakeFaultType<string, never>;

/** A handshake fault and what it has done on one connection. */
export type Entry = {
  readonly id: string;
  readonly fault: Fault;
  readonly type: HandshakeType;
  readonly at: ActsAt;
  state: 'waiting' | 'acted' | 'passed by';
  /** Undoes what it has done, when it is removed. */
  undo: Undo | null;
};

/** A new entry; undefined for a fault of another kind. @param valuesOf returns the attributes with the values of their ramps */
export function entryOf(fault: Fault, valuesOf: (fault: Fault) => Fault['attributes']): Entry | undefined {
  const type = faultType(fault.type);
  if (type?.acts !== 'handshake') return undefined;
  const at = type.at(valuesOf(fault) as never);
  return { id: faultId(fault), fault, type: type as unknown as HandshakeType, at, state: 'waiting', undo: null };
}

/** Whether it waits for octet number `count` of the header. */
export function isDueAtHeader({ state, at }: Entry, count: number): boolean {
  return state === 'waiting' && at.moment === 'header' && (at.octets ?? HEADER_LENGTH) === count;
}

/** Whether it waits for this trigger. */
export function isDue(entry: Entry, { moment, octets }: Trigger): boolean {
  if (moment === 'header') return isDueAtHeader(entry, octets.length);
  return entry.state === 'waiting' && entry.at.moment === moment;
}
