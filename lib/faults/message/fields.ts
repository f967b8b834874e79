import { MalformedError } from '../../amqp/malformed-error.js';
import type { OctetReader } from '../../amqp/octet-reader.js';
import { argumentsOf, type Message } from './message.js';

type Values = { short: number; octet: number; longlong: bigint; shortstr: string };

/** The names of the fields that faults read, and their domains. `bits`: adjacent bits, the first one lowest. */
type Domains = {
  reserved: 'short';
  code: 'short';
  text: 'shortstr';
  queue: 'shortstr';
  exchange: 'shortstr';
  type: 'shortstr';
  routingKey: 'shortstr';
  consumerTag: 'shortstr';
  deliveryTag: 'longlong';
  bits: 'octet';
};

const DOMAINS: Domains = {
  reserved: 'short',
  code: 'short',
  text: 'shortstr',
  queue: 'shortstr',
  exchange: 'shortstr',
  type: 'shortstr',
  routingKey: 'shortstr',
  consumerTag: 'shortstr',
  deliveryTag: 'longlong',
  bits: 'octet',
};

export type Fields = { readonly [Name in keyof Domains]?: Values[Domains[Name]] };

const QUEUE = ['reserved', 'queue'] as const;
const BINDING = ['reserved', 'queue', 'exchange', 'routingKey'] as const;
const EXCHANGE = ['reserved', 'exchange'] as const;
const ANSWER = ['deliveryTag', 'bits'] as const;

/** The fields that each method begins with, in wire order. @see the 0-9-1 definition file */
const LAYOUTS: Readonly<Record<string, readonly (keyof Domains)[]>> = {
  'exchange.declare': EXCHANGE,
  'exchange.delete': EXCHANGE,
  'exchange.bind': EXCHANGE,
  'exchange.unbind': EXCHANGE,
  'queue.declare': QUEUE,
  'queue.declare-ok': ['queue'],
  'queue.purge': QUEUE,
  'queue.delete': QUEUE,
  'queue.bind': BINDING,
  'queue.unbind': BINDING,
  'basic.consume': ['reserved', 'queue', 'consumerTag', 'bits'],
  'basic.consume-ok': ['consumerTag'],
  'basic.cancel': ['consumerTag', 'bits'],
  'basic.cancel-ok': ['consumerTag'],
  'basic.publish': ['reserved', 'exchange', 'routingKey', 'bits'],
  'basic.return': ['code', 'text', 'exchange', 'routingKey'],
  'basic.deliver': ['consumerTag', 'deliveryTag', 'bits', 'exchange', 'routingKey'],
  'basic.get': ['reserved', 'queue', 'bits'],
  'basic.get-ok': ['deliveryTag', 'bits', 'exchange', 'routingKey'],
  'basic.ack': ANSWER,
  'basic.nack': ANSWER,
  'basic.reject': ANSWER,
};

/** Reads the first fields of a method. A method that is malformed, or of which nothing is needed, has none. */
export function fieldsOf(message: Pick<Message, 'name' | 'frame'>): Fields {
  const layout = LAYOUTS[message.name];
  if (layout === undefined) return {};
  const reader = argumentsOf(message);
  try {
    return Object.fromEntries(layout.map((field) => [field, read(reader, DOMAINS[field])]));
  } catch (error) {
    if (error instanceof MalformedError) return {};
    throw error;
  }
}

function read(reader: OctetReader, domain: Domains[keyof Domains]): string | number | bigint {
  return reader[domain]();
}
