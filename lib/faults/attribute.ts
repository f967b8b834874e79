import * as z from 'zod';
import { encodeFieldTable } from '../amqp/field-table.js';
import { fieldTable, type Plain } from '../amqp/plain-field.js';
import { ConfigError } from '../errors.js';
import { LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { quote } from '../text/quote.js';
import { parseSize } from '../text/size.js';

/** JSON, as attributes are given and shown. */
export type Json = Plain;

/** What an attribute is besides its kind: help, docs and the JSON schema are made of it. */
export type AttributeNotes<T> = {
  /** Null when there is none of its own: `defaultIs` then says what holds. */
  readonly default: T | null;
  readonly description: string;
  readonly defaultIs?: string;
};

/** What a kind of attribute adds: its syntax in help texts, its unit, and keywords of its JSON schema. */
type KindNotes = { readonly syntax: string; readonly unit?: string; readonly [keyword: string]: unknown };

type Kind<Input, T> = { readonly schema: z.ZodType<T, Input>; readonly notes: KindNotes };

/**
 * An attribute of a fault. What is left out, or null, is the default.
 *
 * @param kind how its value is read, from JSON as well as from the text of a file or a command line
 */
export function attribute<Input, T>(kind: Kind<Input, T>, notes: Own<NoInfer<T>>): Attribute<Input, T>;
export function attribute<Input, T>(
  kind: Kind<Input, T>,
  notes: AttributeNotes<NoInfer<T>>,
): Attribute<Input, T | null>;
export function attribute<Input, T>({ schema, notes: ofKind }: Kind<Input, T>, notes: AttributeNotes<T>) {
  const optional = schema.nullable().default(notes.default as never);
  return optional.meta({ ...ofKind, ...notes }) as unknown as Attribute<Input, T | null>;
}

type Own<T> = AttributeNotes<T> & { readonly default: T };

export type Attribute<Input, T> = z.ZodType<T, Input | null | undefined>;

/** The notes of an attribute, for help, docs and JSON schema. */
export function notesOf(schema: z.ZodType): KindNotes & AttributeNotes<Json> {
  return schema.meta() as KindNotes & AttributeNotes<Json>;
}

/** Milliseconds, as a number or as text with a unit. Up to 24 h. */
export const milliseconds = (): Kind<number | string, number> => time(1, 'ms');

/** Microseconds, as a number or as text with a unit: Toxiproxy's unit for the delay of its slicer. */
export const microseconds = (): Kind<number | string, number> => time(1000, 'µs');

function time(perMillisecond: number, unit: string): Kind<number | string, number> {
  const rule = `a whole number of ${unit}, or a duration with a unit, such as 2s`;
  return kind(
    (input) => {
      const given = wholeNumber(input);
      if (given === undefined && typeof input !== 'string') return undefined;
      const number = given ?? parseDuration(input as string) * perMillisecond;
      if (number > LONGEST_DURATION * perMillisecond) throw new ConfigError(`must be at most 24h, not ${quote(input)}`);
      return number;
    },
    rule,
    { syntax: 'DURATION', unit, type: ['integer', 'string'], minimum: 0 },
  );
}

/** Octets, as a number or as text with a unit. */
export const octets = (): Kind<number | string, number> =>
  kind(
    (input) => wholeNumber(input) ?? (typeof input === 'string' ? parseSize(input) : undefined),
    'a whole number of octets, or a size with a unit, such as 64KiB',
    { syntax: 'SIZE', unit: 'octets', type: ['integer', 'string'], minimum: 0 },
  );

/** A whole number of some range. */
export const whole = (minimum: number, maximum: number, unit?: string): Kind<number | string, number> =>
  kind(
    (input) => {
      const number = wholeNumber(input);
      // Negative numbers are judged by whoever knows whether Toxiproxy's clients sent them.
      return number !== undefined && number <= maximum && (number >= minimum || minimum === 0) ? number : undefined;
    },
    `a whole number from ${minimum} to ${maximum}`,
    { syntax: 'N', type: ['integer', 'string'], minimum, maximum, ...(unit === undefined ? {} : { unit }) },
  );

/** One of a few numbers. */
export const numberOf = (...numbers: readonly number[]): Kind<number | string, number> =>
  kind(
    (input) => {
      const number = wholeNumber(input);
      return numbers.find((each) => each === number);
    },
    `one of ${numbers.join(', ')}`,
    { syntax: 'CODE', enum: numbers },
  );

/** One of a few words. */
export const word = <const T extends string>(...words: readonly T[]): Kind<T, T> =>
  kind((input) => words.find((each) => each === input), `one of ${words.join(', ')}`, {
    syntax: words.join(' | '),
    enum: words,
  });

/** `true` or `false`. */
export const truth = (): Kind<boolean | 'true' | 'false', boolean> =>
  kind(
    (input) => (input === true || input === 'true' ? true : input === false || input === 'false' ? false : undefined),
    'true or false',
    { syntax: 'true | false', type: 'boolean' },
  );

/** Text of at most so many octets of UTF-8. */
export const text = (longest: number): Kind<string, string> =>
  kind(
    (input) => (typeof input === 'string' && Buffer.byteLength(input) <= longest ? input : undefined),
    `a text of at most ${longest} octets`,
    { syntax: 'TEXT', type: 'string', maxLength: longest },
  );

/** Octets as pairs of hex digits, lower case when shown; blanks and colons are allowed. */
export const hexOctets = (most: number): Kind<string, string> =>
  kind(
    (input) => {
      if (typeof input !== 'string') return undefined;
      const digits = input.replaceAll(/[\s:]/g, '').toLowerCase();
      return /^([0-9a-f]{2})*$/.test(digits) && digits.length <= 2 * most ? digits : undefined;
    },
    `0 to ${most} octets in hex digits`,
    { syntax: 'HEX', type: 'string', pattern: '^[0-9a-fA-F\\s:]*$' },
  );

/** A map of any JSON, or the text of one. */
export const map = (): Kind<{ readonly [name: string]: Json } | string, { readonly [name: string]: Json }> =>
  kind(
    (input) => {
      const value = typeof input === 'string' ? parsed(input) : input;
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isMap && isFieldTable(value as { readonly [name: string]: Json })
        ? (value as { readonly [name: string]: Json })
        : undefined;
    },
    `a map that a field table can hold, at most ${DEEPEST} levels deep`,
    { syntax: 'JSON', type: 'object' },
  );

/** Far above what brokers send; see also NESTING_MAX of field tables. */
const DEEPEST = 16;

function isFieldTable(value: { readonly [name: string]: Json }): boolean {
  if (depthOf(value) > DEEPEST) return false;
  try {
    encodeFieldTable(fieldTable(value));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function kind<Input, T>(read: (input: unknown) => T | undefined, rule: string, notes: KindNotes): Kind<Input, T> {
  const schema = z.custom<Input>().transform((input, context) => {
    let message = `must be ${rule}, not ${quote(input)}`;
    try {
      const value = read(input);
      if (value !== undefined) return value;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      message = error.message;
    }
    context.issues.push({ code: 'custom', input, message });
    return z.NEVER;
  });
  return { schema: schema as unknown as z.ZodType<T, Input>, notes };
}

/** From a number of JSON (`100.0` is 100) or from digits, as files and command lines have them. */
function wholeNumber(input: unknown): number | undefined {
  const number = typeof input === 'string' && /^-?\d+$/.test(input) ? Number(input) : input;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deep maps and lists lie in each other; what is deeper than allowed is not looked at. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return depth;
  return Math.max(depth, ...Object.values(value).map((inner) => depthOf(inner, depth + 1)));
}
