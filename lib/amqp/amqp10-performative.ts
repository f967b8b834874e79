import { type Amqp10Value, decodeFirst } from './amqp10-value.js';
import { MalformedError } from './malformed-error.js';
import { loginOf } from './sasl-login.js';

/** The codes of the performatives that are read. @see AMQP 1.0, sections 2.7 and 5.3.3 */
export const PERFORMATIVE = {
  open: 0x10,
  close: 0x18,
  saslMechanisms: 0x40,
  saslInit: 0x41,
  saslOutcome: 0x44,
} as const;

/** The performatives by their symbolic descriptors, which are as valid as the codes. */
const SYMBOLS: { readonly [symbol: string]: number } = {
  'amqp:open:list': PERFORMATIVE.open,
  'amqp:close:list': PERFORMATIVE.close,
  'amqp:sasl-mechanisms:list': PERFORMATIVE.saslMechanisms,
  'amqp:sasl-init:list': PERFORMATIVE.saslInit,
  'amqp:sasl-outcome:list': PERFORMATIVE.saslOutcome,
};

type Fields = readonly Amqp10Value[];

/**
 * The content of an AMQP 1.0 frame: its code, and its fields in the order of the specification. `hasPayload`: whether
 * octets follow them.
 */
export type Performative = { readonly code: number; readonly fields: Fields; readonly hasPayload: boolean };

/** Decodes the body of a frame. Returns undefined if it is not a performative, or is malformed. */
export function decodePerformative(body: Uint8Array): Performative | undefined {
  try {
    const { value, length } = decodeFirst(body);
    const descriptor = isDescribed(value) ? value.descriptor : null;
    if (descriptor === null) return undefined;
    const code = typeof descriptor === 'string' ? SYMBOLS[descriptor] : Number(descriptor);
    return { code: code ?? Number.NaN, fields: fieldsOf(value), hasPayload: length < body.length };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** The mechanisms in the broker's `sasl-mechanisms`. */
export function mechanismsOf([offered]: Fields): readonly Amqp10Value[] {
  return Array.isArray(offered) ? offered : [offered ?? null];
}

/** The mechanism and the user name in a `sasl-init`. The rest of the response is a secret and is not read. */
export function saslInitOf([mechanism, response]: Fields) {
  const name = typeof mechanism === 'string' ? mechanism : null;
  const user = name !== null && response instanceof Uint8Array ? loginOf(name, response) : null;
  return { mechanism: name, user };
}

/** The client as its `open` describes it. The hostname `vhost:NAME` selects a virtual host; any other means `/`. */
export function clientOf(fields: Fields) {
  const [container, hostname, frameMax, channelMax] = fields;
  const vhost = typeof hostname === 'string' && hostname.startsWith('vhost:') ? hostname.slice('vhost:'.length) : '/';
  return {
    product: propertyOf(fields, 'product'),
    version: propertyOf(fields, 'version'),
    platform: propertyOf(fields, 'platform'),
    connectionName: typeof container === 'string' ? container : null,
    vhost,
    frameMax: typeof frameMax === 'number' ? frameMax : null,
    channelMax: typeof channelMax === 'number' ? channelMax : null,
  };
}

/** The largest frame that the sender of an `open` accepts, in octets. */
export function maxFrameSizeOf([, , maxFrameSize]: Fields): number {
  return typeof maxFrameSize === 'number' ? maxFrameSize : Number.POSITIVE_INFINITY;
}

/** The broker as its `open` describes it. */
export function serverOf(fields: Fields) {
  return { serverProduct: propertyOf(fields, 'product'), serverVersion: propertyOf(fields, 'version') };
}

/** The error in a `close`. `condition` is null if the connection was closed without an error. */
export function errorOf([error]: Fields) {
  const [condition, description] = fieldsOf(error ?? null);
  return {
    condition: typeof condition === 'string' ? condition : null,
    description: typeof description === 'string' ? description : '',
  };
}

type Described = { readonly descriptor: Amqp10Value; readonly value: Amqp10Value };

const isDescribed = (value: Amqp10Value): value is Described =>
  value !== null && typeof value === 'object' && 'descriptor' in value;

const fieldsOf = (value: Amqp10Value): Fields => (isDescribed(value) && Array.isArray(value.value) ? value.value : []);

/** A text from the properties of an `open`. */
function propertyOf(fields: Fields, name: string): string | null {
  const properties = fields[9];
  const value = properties instanceof Map ? properties.get(name) : null;
  return typeof value === 'string' ? value : null;
}
