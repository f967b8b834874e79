import * as z from 'zod';
import { ConfigError } from '../errors.js';
import { parseSubnet } from '../proxy-protocol/subnet.js';
import { type Address, formatAddress, parseAddress } from '../text/address.js';
import { DURATION, formatDuration, LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { didYouMean } from '../text/nearest.js';
import { notOneOf } from '../text/not-one-of.js';
import { quote } from '../text/quote.js';
import { formatSize, parseSize } from '../text/size.js';

/** Keywords for the JSON schema. `syntax` describes the value in help texts. */
type Notes = { readonly syntax: string; readonly [keyword: string]: unknown };

/** A whole number as it is written. */
type WrittenNumber = number | `${number}`;
/** A duration as it is written. */
type WrittenDuration = `${number}${'ms' | 's' | 'm' | 'h'}`;
/** One of a few words, or other text. Editors still suggest the words. */
type WordOrText<T extends string> = T | (string & {});

/**
 * A kind of value: how its text is read and written. All values are text, whether they come from a file, a flag or a
 * variable, so that `3.10` keeps its zero. `Written` is the type of the value in a TypeScript program that writes a file.
 *
 * @param rule what the text must be, for messages about a value that is not text
 * @param read throws ConfigError (`must be …, not …`)
 */
export function kind<T, Written = string>(
  rule: string,
  read: (text: string) => T,
  write: (value: T) => string,
  notes: Notes,
) {
  const text = z.string({ error: ({ input }) => `must be ${rule}, not ${quote(input)}` }) as unknown as z.ZodType<
    string,
    Written
  >;
  return z
    .codec(text, z.custom<T>(), {
      decode: (input, context) => {
        try {
          return read(input);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          context.issues.push({ code: 'custom', input, message: error.message });
          return z.NEVER;
        }
      },
      encode: write,
    })
    .meta(notes);
}

/** One of a few words. */
export function choice<const T extends string>(...words: readonly T[]) {
  const rule = `one of ${words.join(', ')}`;
  const read = (text: string): T => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new ConfigError(notOneOf(words, text));
    return found;
  };
  return kind<T, T>(rule, read, String, { syntax: words.join(' | '), enum: words });
}

/** A path of a file, or null for none. */
export function path(syntax: string) {
  return text('a path', /^[^\0]+$/, { syntax }).nullable();
}

/** Text that matches a pattern. */
export function text(rule: string, pattern: RegExp, notes: Notes) {
  const read = (value: string): string => (pattern.test(value) ? value : refuse(rule, value));
  return kind(rule, read, String, { pattern: pattern.source, ...notes });
}

/** Text that no message quotes. */
export function secret() {
  const rule = '1 to 4096 visible ASCII characters';
  const read = (value: string): string => {
    if (/^\*+$/.test(value))
      throw new ConfigError('must be the secret, not the *** that config show prints in its place');
    if (/^[\x21-\x7e]{1,4096}$/.test(value)) return value;
    throw new ConfigError(`must be ${rule}`);
  };
  return kind(rule, read, String, { syntax: 'TEXT' });
}

/** `true` or `false`. */
export function boolean() {
  const rule = 'true or false';
  const read = (value: string): boolean => (/^(true|false)$/.test(value) ? value === 'true' : refuse(rule, value));
  return kind<boolean, boolean>(rule, read, String, { syntax: 'true | false', type: 'boolean' });
}

/** A whole number, at least `minimum` and at most `maximum` if given. */
export function integer(minimum: number, maximum?: number) {
  const most = maximum ?? Number.MAX_SAFE_INTEGER;
  const rule =
    maximum === undefined ? `a whole number of at least ${minimum}` : `a whole number from ${minimum} to ${maximum}`;
  const read = (value: string): number => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) && number >= minimum && number <= most ? number : refuse(rule, value);
  };
  return kind<number, WrittenNumber>(rule, read, String, {
    syntax: 'N',
    type: 'integer',
    minimum,
    ...(maximum && { maximum }),
  });
}

/** A duration in ms, written with a unit. Other values than 0 must be from `minimum` to `maximum`, also in ms. */
export function duration({
  zero,
  minimum = 0,
  maximum = LONGEST_DURATION,
}: {
  readonly zero: 'allowed' | 'refused';
  readonly minimum?: number;
  readonly maximum?: number;
}) {
  const range = `from ${formatDuration(minimum)} to ${formatDuration(maximum)}`;
  const read = (value: string): number => {
    const milliseconds = parseDuration(value);
    if (milliseconds === 0) return zero === 'allowed' ? 0 : refuse('more than 0', value);
    if (milliseconds >= minimum && milliseconds <= maximum) return milliseconds;
    return refuse(zero === 'allowed' ? `0s, or ${range}` : range, value);
  };
  return kind<number, WrittenDuration>(DURATION, read, formatDuration, {
    syntax: 'DURATION',
    pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
  });
}

/** A size in bytes, at least 1, or one of a few words. */
export function sizeOr<const T extends string>(...words: readonly T[]) {
  const rule = [...words, 'a size such as 256MiB'].join(', ').replace(/, (?=[^,]*$)/, ' or ');
  const read = (value: string): T | number => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    return /^0*[1-9]\d*(B|KiB|MiB|GiB)?$/.test(value) ? parseSize(value) : refuse(rule, value, words);
  };
  const write = (value: T | number): string => (typeof value === 'string' ? value : formatSize(value));
  return kind<T | number, WordOrText<T> | number>(rule, read, write, {
    syntax: ['SIZE', ...words].join(' | '),
    type: ['string', 'integer'],
  });
}

/** An address, or one of a few words. */
export function addressOr<const T extends string = never>(lowestPort: 0 | 1, ...words: readonly T[]) {
  const rule = [...words, 'HOST:PORT'].join(', ').replace(/, (?=[^,]*$)/, ' or ');
  const read = (value: string): T | Address => {
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    // Text without a colon was probably meant to be one of the words.
    return words.length === 0 || value.includes(':') ? parseAddress(value, lowestPort) : refuse(rule, value, words);
  };
  const write = (value: T | Address): string => (typeof value === 'string' ? value : formatAddress(value));
  return kind<T | Address, WordOrText<T>>(rule, read, write, { syntax: ['HOST:PORT', ...words].join(' | ') });
}

/** Empty text is an empty list. */
const elementsOf = (text: string): string[] => (text.trim() === '' ? [] : text.split(',').map((each) => each.trim()));

/** A list: written as one in a file, and as text with commas in flags and variables. */
export function listOf<T extends z.ZodType>(element: T, notes: Notes) {
  const list = z.array(element, { error: ({ input }) => `must be a list, not ${quote(input)}` }).readonly();
  return z
    .codec(z.unknown() as z.ZodType<unknown, readonly z.input<T>[] | string>, list, {
      decode: (written) => (typeof written === 'string' ? elementsOf(written) : written) as [],
      encode: (texts) => texts,
    })
    .meta({ type: ['array', 'string'], items: { type: 'string' }, ...notes });
}

/** An IP address or a subnet. */
export function subnet() {
  const rule = 'an IP address or a subnet such as 10.0.0.0/8 or ::1/128';
  const read = (value: string): string => (parseSubnet(value) ? value : refuse(rule, value));
  return kind(rule, read, String, { syntax: 'CIDR' });
}

/** @param words that the value may have been meant to be */
function refuse(rule: string, value: string, words: readonly string[] = []): never {
  throw new ConfigError(`must be ${rule}, not ${quote(value)}${didYouMean(value, words)}`);
}
