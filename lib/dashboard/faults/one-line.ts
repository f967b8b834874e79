import type { FaultTypeModel } from './fault-model.js';
import { type Field, isRamp, textOf } from './field.js';

/** What a fault does, in words: `at=running code=320`. Each list is empty if there is nothing to say. */
export type FaultWords = {
  readonly attributes: readonly string[];
  /** Its direction, conditions and times. */
  readonly limits: readonly string[];
};

/**
 * Describes a fault in a few words. Numbers and flags that have their default are left out, unless there is nothing else.
 *
 * @param type undefined: the schema has not arrived, or does not have the type
 */
export function wordsOf(
  fault: {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly when: Readonly<Record<string, unknown>>;
    readonly stream: string;
    readonly times: number | null;
  },
  type: FaultTypeModel | undefined,
): FaultWords {
  const fieldOf = (key: string): Field | undefined => type?.attributes.find((field) => field.key === key);
  const all = Object.entries(fault.attributes).filter(([, value]) => value !== null);
  const telling = all.filter(
    ([key, value]) => typeof value === 'string' || value !== fieldOf(key)?.fallback || isChoice(fieldOf(key)),
  );
  const hasStream = type === undefined || type.shared.some(({ key }) => key === 'stream');
  return {
    attributes: (telling.length > 0 ? telling : all).map(([key, value]) => word(key, value, fieldOf(key)?.unit)),
    limits: [
      ...(hasStream ? [fault.stream] : []),
      ...Object.entries(fault.when).map(([key, value]) =>
        word(key, value, type?.shared.find((field) => field.path === `when.${key}`)?.unit),
      ),
      ...(fault.times === null ? [] : [`times=${fault.times}`]),
    ],
  };
}

/** The current values of the ramps of a fault, in words: `latency=700ms`; empty if there are none. */
export const nowOf = (values: Readonly<Record<string, number>>, type: FaultTypeModel | undefined): string =>
  Object.entries(values)
    .map(([key, value]) => word(key, value, type?.attributes.find((field) => field.key === key)?.unit))
    .join(' ');

const isChoice = (field: Field | undefined): boolean => field?.kind === 'choice';

function word(key: string, value: unknown, unit: string | null | undefined): string {
  if (unit === 'ms' && typeof value === 'number') return `${key}=${shortDuration(value)}`;
  if (unit === 'ms' && isRamp(value)) {
    return `${key}=${shortDuration(value.from)}..${shortDuration(value.to)}/${shortDuration(value.over)}`;
  }
  const text = textOf(value);
  return `${key}=${/\s/.test(text) ? JSON.stringify(text) : text}`;
}

/** `250ms`, `5s`, `2m`: the largest unit that leaves a whole number, as durations are written. */
export function shortDuration(ms: number): string {
  if (ms === 0 || ms % 1000 !== 0) return `${ms}ms`;
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`;
}
