import * as z from 'zod';
import type { Plain } from '../amqp/plain-field.js';
import { ConfigError } from '../errors.js';
import { LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { notOneOf } from '../text/not-one-of.js';
import { quote } from '../text/quote.js';
import { formatSize, parseSize } from '../text/size.js';
import { type RampInput, readRamp } from './ramp.js';

/** A JSON value, as attributes are given and shown. */
export type Json = Plain;

/** What an attribute has in addition to its kind. Help, docs and the JSON schema are generated from it. */
export type AttributeNotes<T> = {
  /** Null if there is no fixed default; `defaultIs` then describes it. */
  readonly default: T | null;
  readonly description: string;
  readonly defaultIs?: string;
};

/** What a kind of attribute adds: its syntax in help texts, its unit, and JSON Schema keywords. */
type KindNotes = { readonly syntax: string; readonly unit?: string; readonly [keyword: string]: unknown };

type NumberKind = Kind<number | string | RampInput, number>;

export type Kind<Input, T> = { readonly schema: z.ZodType<T, Input>; readonly notes: KindNotes };

/**
 * An attribute of a fault. A value that is missing or null is the default.
 *
 * @param kind how the value is read, both from JSON and from the text of a file or a command line
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

/** Whether an attribute can be given as a ramp: it is a number that does not stand for something else, such as a code. */
export function takesRamp(schema: z.ZodType): boolean {
  return ['DURATION', 'SIZE', 'N'].includes(notesOf(schema).syntax);
}

/** Milliseconds, as a number or as text with a unit; at most 24 h. */
export const duration = (): NumberKind => time(1, 'ms');

/** Microseconds, as a number or as text with a unit: Toxiproxy's unit for the delay of its slicer. */
export const microseconds = (): NumberKind => time(1000, 'µs');

function time(perMillisecond: number, unit: string): NumberKind {
  const rule = `a whole number of ${unit}, or a duration with a unit, such as 2s`;
  return number(
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

/** Bytes, as a number or as text with a unit. @param maximum @defaultValue no limit */
export const size = (maximum = Number.MAX_SAFE_INTEGER): NumberKind =>
  number(
    (input) => {
      const bytes = wholeNumber(input) ?? (typeof input === 'string' ? parseSize(input) : undefined);
      if (bytes === undefined || bytes <= maximum) return bytes;
      throw new ConfigError(`must be at most ${formatSize(maximum)}, not ${quote(input)}`);
    },
    'a whole number of bytes, or a size with a unit, such as 64KiB',
    {
      syntax: 'SIZE',
      unit: 'bytes',
      type: ['integer', 'string'],
      minimum: 0,
      ...(maximum === Number.MAX_SAFE_INTEGER ? {} : { maximum }),
    },
  );

/** A whole number from `minimum` to `maximum`. */
export const integer = (minimum: number, maximum: number, unit?: string): NumberKind =>
  number(
    (input) => {
      const number = wholeNumber(input);
      // The caller rejects negative numbers, which Toxiproxy's API accepts.
      return number !== undefined && number <= maximum && (number >= minimum || minimum === 0) ? number : undefined;
    },
    `a whole number from ${minimum} to ${maximum}`,
    { syntax: 'N', type: ['integer', 'string'], minimum, maximum, ...(unit === undefined ? {} : { unit }) },
  );

/** A number from 0 to 1. */
export const fraction = (): Kind<number | string, number> =>
  kind(
    (input) => {
      const number = typeof input === 'string' && /^\d+(\.\d+)?$/.test(input) ? Number(input) : input;
      return typeof number === 'number' && number >= 0 && number <= 1 ? number : undefined;
    },
    'a number from 0 to 1',
    { syntax: 'N', type: ['number', 'string'], minimum: 0, maximum: 1 },
  );

/** A whole number of up to 64 bits. One that JSON numbers cannot hold exactly is kept as text. */
export const unsigned64 = (): Kind<number | string | RampInput, number | string> => {
  const rule = 'a whole number from 0 to 2^64 - 1, as text if it is above 2^53 - 1';
  const small = orRamp(wholeNumber, rule, 0);
  const isLarge = (input: unknown): input is string =>
    typeof input === 'string' &&
    /^\d{16,20}$/.test(input) &&
    !Number.isSafeInteger(Number(input)) &&
    BigInt(input) < 2n ** 64n;
  const notes = { syntax: 'N', type: ['integer', 'string'], minimum: 0 };
  return kind((input) => (isLarge(input) ? input : small(input)), rule, notes);
};

/** One of a few numbers. */
export const integerOf = (...numbers: readonly number[]): Kind<number | string, number> =>
  kind(
    (input) => {
      const number = wholeNumber(input);
      return numbers.find((each) => each === number);
    },
    `one of ${numbers.join(', ')}`,
    { syntax: 'CODE', enum: numbers },
  );

/** One of a few words. */
export const choice = <const T extends string>(...words: readonly T[]): Kind<T, T> =>
  kind(
    (input) => {
      const word = words.find((each) => each === input);
      if (word === undefined) throw new ConfigError(notOneOf(words, input));
      return word;
    },
    `one of ${words.join(', ')}`,
    { syntax: words.join(' | '), enum: words },
  );

/** `true` or `false`. */
export const boolean = (): Kind<boolean | 'true' | 'false', boolean> =>
  kind(
    (input) => (input === true || input === 'true' ? true : input === false || input === 'false' ? false : undefined),
    'true or false',
    { syntax: 'true | false', type: 'boolean' },
  );

/** Text of at most `longest` bytes in UTF-8. */
export const text = (longest: number): Kind<string, string> =>
  kind(
    (input) => (typeof input === 'string' && Buffer.byteLength(input) <= longest ? input : undefined),
    `text of at most ${longest} bytes`,
    { syntax: 'TEXT', type: 'string', maxLength: longest },
  );

/** Bytes as pairs of hex digits, shown in lower case; white space and colons are ignored. */
export const hex = (most: number): Kind<string, string> =>
  kind(
    (input) => {
      if (typeof input !== 'string') return undefined;
      const digits = input.replaceAll(/[\s:]/g, '').toLowerCase();
      return /^([0-9a-f]{2})*$/.test(digits) && digits.length <= 2 * most ? digits : undefined;
    },
    `0 to ${most} bytes in hex digits`,
    { syntax: 'HEX', type: 'string', pattern: '^[0-9a-fA-F\\s:]*$' },
  );

/**
 * A number, or a ramp of such numbers. Its type is that of a number, because a fault type receives the value that the ramp has
 * when the fault acts.
 */
function number(
  read: (input: unknown) => number | undefined,
  rule: string,
  notes: KindNotes & { readonly minimum: number },
): NumberKind {
  return kind(orRamp(read, rule, notes.minimum), rule, notes);
}

/** Reads a number, or a ramp whose ends are such numbers and not below a minimum. */
function orRamp(read: (input: unknown) => number | undefined, rule: string, minimum: number) {
  const readEnd = (input: unknown): number | undefined => {
    const value = read(input);
    return value !== undefined && value < minimum ? undefined : value;
  };
  return (input: unknown) => (readRamp(input, readEnd, rule) ?? read(input)) as number | undefined;
}

/**
 * A kind of attribute.
 *
 * @param read returns the value; undefined: it breaks the rule. It may throw ConfigError with its own message
 * @param rule completes the message `must be …`
 */
export function kind<Input, T>(
  read: (input: unknown) => T | undefined,
  rule: string,
  notes: KindNotes,
): Kind<Input, T> {
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

/** Reads a JSON number (`100.0` is 100), or digits from a file or command line. */
function wholeNumber(input: unknown): number | undefined {
  const number = typeof input === 'string' && /^-?\d+$/.test(input) ? Number(input) : input;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
