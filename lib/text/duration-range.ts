import { ConfigError } from '../errors.js';
import { DURATION, formatDuration, LONGEST_DURATION, parseDuration } from './duration.js';
import { quote } from './quote.js';

/** The bounds of a duration, in ms, both included. They are equal if it is fixed. */
export type DurationRange = { readonly least: number; readonly most: number };

/** The rule for a range of durations in error messages. */
const DURATION_RANGE = `milliseconds, ${DURATION}, or a range such as 20s..40s`;

/**
 * Reads a duration, or two with `..` between them: `20s..40s`. Numbers without a unit are ms.
 *
 * @throws ConfigError (`must be …, not …`) for anything else, and if it is longer than 24 h
 */
export function readDurationRange(input: unknown): DurationRange {
  const [first, second, ...others] = typeof input === 'string' ? input.split('..') : [input];
  if (others.length > 0) throw wrong(input);
  const least = milliseconds(first, input);
  const most = second === undefined ? least : milliseconds(second, input);
  if (most < least) throw new ConfigError(`must be a range from the shorter to the longer time, not ${quote(input)}`);
  return { least, most };
}

/** Writes a range that is not fixed as `readDurationRange` reads it; a fixed duration stays a number of ms. */
export function plainDurationRange({ least, most }: DurationRange): number | string {
  return least === most ? least : `${formatDuration(least)}..${formatDuration(most)}`;
}

function milliseconds(part: unknown, input: unknown): number {
  const isWhole = typeof part === 'string' ? /^\d+$/.test(part) : Number.isSafeInteger(part);
  if (!isWhole && (typeof part !== 'string' || !/^\d/.test(part))) throw wrong(input);
  const ms = isWhole ? Number(part) : parseDuration(part as string);
  if (ms < 0 || ms > LONGEST_DURATION) throw wrong(input);
  return ms;
}

const wrong = (input: unknown): ConfigError =>
  new ConfigError(`must be ${DURATION_RANGE}, up to 24h, not ${quote(input)}`);
