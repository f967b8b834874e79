import * as z from 'zod';
import { METHOD_IDS } from '../amqp/method-ids.js';
import { ConfigError } from '../errors.js';
import { DURATION, LONGEST_DURATION, parseDuration } from '../text/duration.js';
import { plainDurationRange, readDurationRange } from '../text/duration-range.js';
import { quote } from '../text/quote.js';
import { matchesGlob } from './glob.js';
import type { Moment } from './moment.js';
import { isAddressRange } from './source-range.js';

/** The header versions that a condition can name, with their version quads. 0-8 and 1.0 have two each. */
export const HEADERS = {
  '0-9-1': [[0, 0, 9, 1]],
  '0-9': [[1, 1, 0, 9]],
  '0-8': [
    [1, 1, 8, 0],
    [1, 1, 9, 1],
  ],
  '1.0': [
    [0, 1, 0, 0],
    [3, 1, 0, 0],
  ],
} as const;

/** Longer patterns are rejected. */
const LONGEST_GLOB = 255;

const source = rule('an address or a CIDR range, such as 10.0.0.0/8 or ::1', (text) =>
  isAddressRange(text) ? text : undefined,
);
const header = rule(`one of ${Object.keys(HEADERS).join(', ')}`, (text) =>
  Object.hasOwn(HEADERS, text) ? (text as keyof typeof HEADERS) : undefined,
);
const glob = rule(`text or a pattern with * and ?, at most ${LONGEST_GLOB} characters long`, (text) =>
  text.length > 0 && text.length <= LONGEST_GLOB ? text : undefined,
);
const method = rule('a method such as basic.publish, or a pattern such as queue.*', (text) =>
  [...METHOD_IDS.keys()].some((name) => matchesGlob(name, text)) ? text : undefined,
);
const connection = rule('a number or range such as 3, 1-2, 4- or every 3rd', (text) =>
  parseConnections(text) === undefined ? undefined : text,
);
const duration = time((input) => {
  const isWhole = typeof input === 'string' ? /^\d+$/.test(input) : Number.isSafeInteger(input);
  const ms = isWhole ? Number(input) : typeof input === 'string' ? parseDuration(input) : Number.NaN;
  if (ms >= 0 && ms <= LONGEST_DURATION) return ms;
  throw new ConfigError(`must be milliseconds, or ${DURATION}, up to 24h, not ${quote(input)}`);
});
/** Windows that change faster would only keep the proxy busy. */
const SHORTEST_EVERY = 10;
const every = time((input) => {
  const range = readDurationRange(input);
  if (range.least >= SHORTEST_EVERY) return plainDurationRange(range);
  throw new ConfigError(`must be at least ${SHORTEST_EVERY}ms, not ${quote(input)}`);
});
const length = time((input) => {
  const range = readDurationRange(input);
  if (range.least > 0) return plainDurationRange(range);
  throw new ConfigError(`must be more than 0, not ${quote(input)}`);
});

export type Condition = {
  readonly schema: z.ZodType;
  readonly syntax: string;
  readonly unit?: string;
  readonly examples: readonly string[];
  /** The moment from which it is known. */
  readonly known: Moment;
  readonly description: string;
};

/** The conditions, each with its description for help and docs, and the moment from which it is known. */
export const CONDITIONS = {
  source: {
    schema: source,
    syntax: 'CIDR',
    examples: ['10.0.0.0/8', '::1'],
    known: 'accept',
    description: "The client's IP address or subnet.",
  },
  header: {
    schema: header,
    syntax: Object.keys(HEADERS).join(' | '),
    examples: Object.keys(HEADERS),
    known: 'header',
    description: 'The version in the protocol header.',
  },
  product: {
    schema: glob,
    syntax: 'GLOB',
    examples: ['amqp*', 'My service'],
    known: 'start-ok',
    description: 'The product name that the client sends.',
  },
  user: {
    schema: glob,
    syntax: 'GLOB',
    examples: ['guest', 'app-*'],
    known: 'start-ok',
    description: 'The user name (known with PLAIN and AMQPLAIN).',
  },
  vhost: { schema: glob, syntax: 'GLOB', examples: ['/', 'test-*'], known: 'open', description: 'The virtual host.' },
  method: {
    schema: method,
    syntax: 'GLOB',
    examples: ['basic.publish', 'queue.*'],
    known: 'running',
    description: 'The method of a message. This and the next three are conditions of faults that act on messages.',
  },
  queue: {
    schema: glob,
    syntax: 'GLOB',
    examples: ['orders', 'test-*'],
    known: 'running',
    description:
      "The queue that a method names, or that a message is delivered from: that is known if the fault has seen the consumer's basic.consume.",
  },
  exchange: {
    schema: glob,
    syntax: 'GLOB',
    examples: ['amq.topic', 'events-*'],
    known: 'running',
    description: 'The exchange that a method names, or that a message was published to.',
  },
  routing_key: {
    schema: glob,
    syntax: 'GLOB',
    examples: ['orders.*', '*.error'],
    known: 'running',
    description: 'The routing key of a message or binding.',
  },
  connection: {
    schema: connection,
    syntax: '3 | 1-2 | 4- | every 3rd',
    examples: ['3', '1-2', '4-', 'every 3rd'],
    known: 'accept',
    description: 'The number of the connection at its proxy, counted from 1 since the fault was added.',
  },
  after: {
    schema: duration,
    syntax: 'DURATION',
    unit: 'ms',
    examples: ['5s', '2m'],
    known: 'accept',
    description: 'The fault acts only from this time on, counted from when it was added.',
  },
  until: {
    schema: duration,
    syntax: 'DURATION',
    unit: 'ms',
    examples: ['30s', '10m'],
    known: 'accept',
    description: 'The fault acts only before this time, counted from when it was added.',
  },
  every: {
    schema: every,
    syntax: 'DURATION | DURATION..DURATION',
    unit: 'ms',
    examples: ['30s', '20s..40s'],
    known: 'accept',
    description:
      'The fault acts only in windows: the time from the start of one to the start of the next. The first starts when the fault was added, or at after. Requires for.',
  },
  for: {
    schema: length,
    syntax: 'DURATION | DURATION..DURATION',
    unit: 'ms',
    examples: ['5s', '1s..5s'],
    known: 'accept',
    description: 'How long each window lasts: less than every. Requires every.',
  },
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof CONDITIONS;

/** Conditions that say when a fault acts and not on what: all that a fault of the listener takes. */
export const TIMES: readonly ConditionName[] = ['after', 'until', 'every', 'for'];

/** The conditions that select messages of a connection, and not connections. */
export const MESSAGE_CONDITIONS = ['method', 'queue', 'exchange', 'routing_key'] as const;

export type MessageCondition = (typeof MESSAGE_CONDITIONS)[number];

export function isOfMessages(condition: ConditionName): condition is MessageCondition {
  return (MESSAGE_CONDITIONS as readonly ConditionName[]).includes(condition);
}

/** Selects the connections, and their messages, on which a fault acts: all given conditions must hold. Times are in ms. */
export type When = { readonly [Name in ConditionName]?: z.output<(typeof CONDITIONS)[Name]['schema']> };
export type WhenInput = { readonly [Name in ConditionName]?: z.input<(typeof CONDITIONS)[Name]['schema']> | null };

/** Connections by number: every `every`th one from `first` to `last`. */
export type Connections = { readonly first: number; readonly last: number; readonly every: number };

/** Reads `3`, `1-2`, `4-` or `every 3rd`. */
export function parseConnections(text: string): Connections | undefined {
  const [, step] = /^every ([1-9]\d{0,8})(?:st|nd|rd|th)$/.exec(text) ?? [];
  if (step !== undefined) return { first: Number(step), last: Number.POSITIVE_INFINITY, every: Number(step) };
  const [, from, dash, to] = /^([1-9]\d{0,8})(?:(-)([1-9]\d{0,8})?)?$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  const last = to !== undefined ? Number(to) : dash === undefined ? Number(from) : Number.POSITIVE_INFINITY;
  return last < Number(from) ? undefined : { first: Number(from), last, every: 1 };
}

export function includes({ first, last, every }: Connections, connection: number): boolean {
  return connection >= first && connection <= last && (connection - first) % every === 0;
}

function time<T extends number | string>(read: (input: unknown) => T) {
  return z.custom<number | string>().transform((input, context) => {
    try {
      return read(input);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      context.issues.push({ code: 'custom', input, message: error.message });
      return z.NEVER;
    }
  });
}

function rule<T extends string>(what: string, read: (text: string) => T | undefined) {
  return z.custom<string | number>().transform((input, context) => {
    const text = typeof input === 'number' ? String(input) : input;
    const value = typeof text === 'string' ? read(text) : undefined;
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input, message: `must be ${what}, not ${quote(input)}` });
    return z.NEVER;
  });
}
