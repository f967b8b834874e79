import { notesOf } from './attribute.js';
import type { FaultType } from './fault-type.js';
import { isSinceMoment, MOMENTS, type Moment } from './moment.js';
import { CONDITIONS, type ConditionName, isOfMessages, TIMES } from './when.js';

type SharedKey = 'stream' | 'toxicity' | 'times' | ConditionName;

const conditions = Object.keys(CONDITIONS) as ConditionName[];

/**
 * Returns the keys, among those that all types share, that make a difference for a type: `stream` if it acts on one direction,
 * and the conditions that can be known when it acts, those of messages only if it acts on messages. A fault of the listener takes only
 * those about time.
 */
export function sharedKeysOf(type: FaultType): readonly SharedKey[] {
  if (type.acts === 'listener') return TIMES;
  const isOfOneDirection =
    (type.acts === 'stream' && type.isOfBothDirections !== true) ||
    (type.acts === 'handshake' && type.isOfOneDirection === true);
  const last = lastMoment(type);
  const ofMessages: readonly ConditionName[] = (type.acts === 'handshake' && type.conditions) || [];
  const known = conditions.filter((key) =>
    isOfMessages(key) ? ofMessages.includes(key) : isSinceMoment(last, CONDITIONS[key].known),
  );
  return [...(isOfOneDirection ? (['stream'] as const) : []), 'toxicity', 'times', ...known];
}

/** The last moment at which a fault of the type can act. A fault without a moment waits for its conditions. */
function lastMoment(type: FaultType): Moment {
  if (type.acts === 'accept' || type.acts === 'tls') return 'accept';
  if (type.acts !== 'handshake') return 'running';
  const { at } = type.attributes;
  const choice = at === undefined ? [] : (notesOf(at)['enum'] as readonly Moment[]);
  return MOMENTS.findLast((each) => choice.includes(each)) ?? type.at(defaultsOf(type) as never).moment ?? 'running';
}

const defaultsOf = ({ attributes }: FaultType): object =>
  Object.fromEntries(Object.entries(attributes).map(([key, schema]) => [key, notesOf(schema).default]));
