import { didYouMean } from './nearest.js';
import { quote } from './quote.js';

/** A problem with the input, and the path of the key that has it. */
export type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Maximum unknown keys reported: a map can have any number, and each is compared with all known ones. */
const MOST_UNKNOWN_KEYS = 20;

/** Returns a problem for each unknown key, with the key that was probably meant. */
export function unknownKeys(
  path: readonly PropertyKey[],
  map: Readonly<Record<string, unknown>>,
  known: readonly string[],
  more: readonly string[] = [],
): Issue[] {
  return Object.keys(map)
    .filter((key) => !known.includes(key))
    .slice(0, MOST_UNKNOWN_KEYS)
    .map((key) => ({ path, message: `has an unknown key ${quote(key)}${didYouMean(key, [...known, ...more])}` }));
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
