import { formatDuration } from '../text/duration.js';
import { notesOf, takesRamp } from './attribute.js';
import type { Fault } from './fault.js';
import { type Ramp, rampAt } from './ramp.js';
import { faultType } from './registry.js';

type Attributes = Fault['attributes'];
/** What ramps depend on. */
type Ramped = Pick<Fault, 'type' | 'attributes' | 'when'>;
type Ramps = readonly (readonly [key: string, ramp: Ramp])[];

/** The ramps of faults: a connection asks for them whenever a fault acts. */
const known = new WeakMap<Attributes, Ramps>();

/** Returns the attributes that are ramps. */
export function rampsOf({ type, attributes }: Pick<Fault, 'type' | 'attributes'>): Ramps {
  const found = known.get(attributes);
  if (found) return found;
  const declared = faultType(type)?.attributes ?? {};
  const ramps = Object.entries(attributes).flatMap(([key, value]) => {
    const schema = declared[key];
    const isRamp = typeof value === 'object' && value !== null && schema !== undefined && takesRamp(schema);
    return isRamp ? [[key, value as Ramp] as const] : [];
  });
  known.set(attributes, ramps);
  return ramps;
}

/** Returns the attributes with the values that their ramps have. @param elapsed ms since the fault was added */
export function valuesAt(fault: Ramped, elapsed: number): Attributes {
  return rampsOf(fault).length === 0 ? fault.attributes : { ...fault.attributes, ...rampValuesAt(fault, elapsed) };
}

/** Returns the values of the ramps alone. They begin when the fault's `after` is over. @param elapsed ms since it was added */
export function rampValuesAt(fault: Ramped, elapsed: number): Readonly<Record<string, number>> {
  const { after = 0 } = fault.when;
  return Object.fromEntries(rampsOf(fault).map(([key, ramp]) => [key, rampAt(ramp, elapsed - after)]));
}

/** Returns the attributes so that each ramp has its value of the time at which it is read. @param elapsed see `valuesAt` */
export function currentValues(fault: Ramped, elapsed: () => number): Attributes {
  const ramps = rampsOf(fault);
  if (ramps.length === 0) return fault.attributes;
  const { after = 0 } = fault.when;
  const getters = ramps.map(([key, ramp]) => [
    key,
    { enumerable: true, get: () => rampAt(ramp, elapsed() - after) } satisfies PropertyDescriptor,
  ]);
  return Object.defineProperties({ ...fault.attributes }, Object.fromEntries(getters) as PropertyDescriptorMap);
}

/** Writes values of ramps in words: `latency=700ms`. */
export function describeValues(type: string, values: Readonly<Record<string, number>>): string {
  const declared = faultType(type)?.attributes ?? {};
  return Object.entries(values)
    .map(([key, value]) => {
      const { unit = undefined } = declared[key] ? notesOf(declared[key]) : {};
      return `${key}=${unit === 'ms' ? formatDuration(value) : value}`;
    })
    .join(' ');
}
