import { ConfigError } from '../errors.js';
import { quote } from './quote.js';

/** The rule for a duration in error messages. */
export const DURATION = 'a duration with a unit, such as 250ms, 10s or 2m';

/** 24 h in ms, far below 2^31 ms, where Node's timers overflow and fire at once. */
export const LONGEST_DURATION = 86_400_000;

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/**
 * Parses a duration such as `250ms`, `1.5s`, `2m` or `1h`. Returns ms, rounded to a whole number.
 *
 * @throws ConfigError (`must be …, not …`) if it has no unit or is longer than 24 h
 */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const factor = UNITS.find(([name]) => name === unit)?.[1];
  if (factor === undefined) {
    // A number without a unit is a common mistake. Do not guess the unit.
    const hint = amount === undefined ? '' : ` (did you mean "${amount}s" or "${amount}ms"?)`;
    throw new ConfigError(`must be ${DURATION}, not ${quote(text)}${hint}`);
  }
  const milliseconds = Math.round(Number(amount) * factor);
  if (milliseconds > LONGEST_DURATION) throw new ConfigError(`must be at most 24h, not ${quote(text)}`);
  return milliseconds;
}

/** Formats ms in the largest unit that needs no fraction: 90000 is `90s`, 0 is `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  for (const [unit, factor] of UNITS) {
    if (milliseconds % factor === 0) return `${milliseconds / factor}${unit}`;
  }
  return `${milliseconds}ms`;
}
