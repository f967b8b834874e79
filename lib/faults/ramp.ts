import { ConfigError } from '../errors.js';
import { DURATION, formatDuration, LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { isMap } from '../text/map.js';
import { quote } from '../text/quote.js';

/** A number that changes evenly `from` one value `to` another `over` a time in ms, and then stays. */
export type Ramp = { readonly from: number; readonly to: number; readonly over: number };

/** A ramp as given: a map, or text such as `0..2s/60s`. */
export type RampInput = {
  readonly from: number | string;
  readonly to: number | string;
  readonly over: number | string;
};

const KEYS = ['from', 'to', 'over'];

/** Returns the value of a ramp, as a whole number. @param elapsed ms since the ramp began */
export function rampAt({ from, to, over }: Ramp, elapsed: number): number {
  return Math.round(from + (to - from) * Math.min(1, Math.max(0, elapsed) / over));
}

/** Returns the time from the beginning of a ramp until its value is no longer 0, in ms; null: it is not 0 at first, or always. */
export function endOfZero({ from, to, over }: Ramp): number | null {
  // Values are rounded.
  return from === 0 && to > 0 ? Math.min(over, (over * 0.5) / to) : null;
}

/**
 * Reads a ramp.
 *
 * @param read reads one of its values; undefined: it is not valid
 * @param rule what `read` takes, for messages
 * @returns undefined if the input is something else
 * @throws ConfigError if it is a ramp and not valid
 */
export function readRamp(input: unknown, read: (value: unknown) => number | undefined, rule: string): Ramp | undefined {
  const given = typeof input === 'string' ? partsOf(input) : input;
  if (!isRampMap(given)) return undefined;
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new ConfigError(`must be a ramp of from, to and over, without ${quote(unknown)}`);
  const { from, to, over } = given;
  return { from: value('from', from), to: value('to', to), over: readOver(over) };

  function value(key: string, given: unknown): number {
    const number = read(given);
    if (number === undefined) throw new ConfigError(`must have ${rule} as the ${key} of its ramp, not ${quote(given)}`);
    return number;
  }
}

/** Whether a value is a map that is meant as a ramp: it has one of the keys of a ramp. */
export function isRampMap(input: unknown): input is Readonly<Record<string, unknown>> {
  return isMap(input) && KEYS.some((key) => key in input);
}

/** Writes a ramp as text. @param unit of its values */
export function formatRamp({ from, to, over }: Ramp, unit?: string): string {
  const [first, last] = [from, to].map((value) => (unit === 'ms' ? formatDuration(value) : String(value)));
  return `${first}..${last}/${formatDuration(over)}`;
}

function partsOf(text: string): unknown {
  const [, from, to, over] = /^([^/]{1,40}?)\.\.([^/]{1,40})\/([^/]{1,40})$/.exec(text) ?? [];
  return from === undefined ? undefined : { from, to, over };
}

function readOver(given: unknown): number {
  const isWhole = typeof given === 'string' ? /^\d+$/.test(given) : Number.isSafeInteger(given);
  const ms = isWhole ? Number(given) : typeof given === 'string' ? parsed(given) : 0;
  if (ms > 0 && ms <= LONGEST_DURATION) return ms;
  throw new ConfigError(
    `must have milliseconds, or ${DURATION}, above 0 and up to 24h as the over of its ramp, not ${quote(given)}`,
  );
}

function parsed(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof ConfigError) return 0;
    throw error;
  }
}
