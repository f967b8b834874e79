import { EncodedTable } from './encoded-table.js';
import { type Fields, type FieldTable, readFieldTable, writeFieldTable } from './field-table.js';
import { encodeFrame, FRAME_TYPE } from './frame.js';
import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

/** The class id of the Connection methods, which open and close a connection. */
export const CONNECTION_CLASS = 10;

/** The types of a method's fields. */
interface Domains<Table> {
  octet: number;
  short: number;
  long: number;
  shortstr: string;
  /** a long string of readable text */
  text: string;
  /** a long string that may be a secret or binary */
  longstr: Uint8Array;
  table: Table;
  /** 1 octet, because no method here has two adjacent bits */
  bit: boolean;
}

type Domain = keyof Domains<unknown>;

/**
 * The Connection methods: ids and fields, in wire order. Reserved fields are written empty and not exposed.
 *
 * @see AMQP 0-9-1 definition file, class `connection`; blocked, unblocked and update-secret are RabbitMQ's extensions.
 * In AMQP 0-8 the ids from 50 up have other meanings (50 redirect, 60 close, 61 close-ok).
 */
const METHODS = {
  'connection.start': {
    id: 10,
    fields: {
      versionMajor: 'octet',
      versionMinor: 'octet',
      serverProperties: 'table',
      mechanisms: 'text',
      locales: 'text',
    },
  },
  'connection.start-ok': {
    id: 11,
    fields: { clientProperties: 'table', mechanism: 'shortstr', response: 'longstr', locale: 'shortstr' },
  },
  'connection.secure': { id: 20, fields: { challenge: 'longstr' } },
  'connection.secure-ok': { id: 21, fields: { response: 'longstr' } },
  'connection.tune': { id: 30, fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } },
  'connection.tune-ok': { id: 31, fields: { channelMax: 'short', frameMax: 'long', heartbeat: 'short' } },
  'connection.open': { id: 40, fields: { virtualHost: 'shortstr', reserved1: 'shortstr', reserved2: 'bit' } },
  'connection.open-ok': { id: 41, fields: { reserved1: 'shortstr' } },
  'connection.close': {
    id: 50,
    fields: { replyCode: 'short', replyText: 'shortstr', classId: 'short', methodId: 'short' },
  },
  'connection.close-ok': { id: 51, fields: {} },
  'connection.blocked': { id: 60, fields: { reason: 'shortstr' } },
  'connection.unblocked': { id: 61, fields: {} },
  'connection.update-secret': { id: 70, fields: { newSecret: 'longstr', reason: 'shortstr' } },
  'connection.update-secret-ok': { id: 71, fields: {} },
} as const satisfies Record<string, { id: number; fields: Record<string, Domain> }>;

type Methods = typeof METHODS;
type Values<Of, Table> = {
  readonly [Name in keyof Of as Name extends `reserved${number}` ? never : Name]: Domains<Table>[Of[Name] & Domain];
};

export type ConnectionMethodName = keyof Methods;

/** A Connection method: `name`, and the fields of the definition file in camel case. */
export type ConnectionMethod<Table = FieldTable> = {
  [Name in ConnectionMethodName]: { readonly name: Name } & Values<Methods[Name]['fields'], Table>;
}[ConnectionMethodName];

/** A Connection method that was decoded in place. */
export type FollowedMethod = ConnectionMethod<Fields>;

/** A method of another class, or an unknown method. */
export interface UnknownMethod {
  readonly name: 'unknown';
  readonly classId: number;
  readonly methodId: number;
}

/** The values written for reserved fields. */
const RESERVED = { shortstr: '', bit: false } as const;

type Layout = {
  readonly name: ConnectionMethodName;
  readonly layout: readonly { readonly field: string; readonly domain: Domain; readonly isReserved: boolean }[];
};

/** By id: the name of each method and its fields, in wire order. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map(
  Object.entries(METHODS).map(([name, { id, fields }]) => {
    const layout = Object.entries<Domain>(fields).map(([field, domain]) => ({
      field,
      domain,
      isReserved: isReserved(field),
    }));
    return [id, { name: name as ConnectionMethodName, layout }];
  }),
);

/**
 * Decodes the payload of a method frame. The values are copies.
 *
 * @throws MalformedError if there are fewer than 4 octets, or if the fields of a Connection method are truncated, too
 *   long or undecodable
 */
export function decodeMethod(payload: Uint8Array): ConnectionMethod | UnknownMethod {
  // ConnectionMethod is derived from METHODS, so the fields are those of `name`.
  return decode(payload, false) as unknown as ConnectionMethod | UnknownMethod;
}

/**
 * Decodes the payload of a method frame as `decodeMethod` does, but in place: long strings are views of it and tables stay
 * encoded, so they are valid only as long as the payload. Every connection is opened through this function.
 */
export function decodeInPlace(payload: Uint8Array): FollowedMethod | UnknownMethod {
  return decode(payload, true) as unknown as FollowedMethod | UnknownMethod;
}

function decode(payload: Uint8Array, isInPlace: boolean): Record<string, unknown> {
  const reader = new OctetReader(payload);
  const classId = reader.short();
  const methodId = reader.short();
  const found = classId === CONNECTION_CLASS ? LAYOUTS.get(methodId) : undefined;
  if (found === undefined) return { name: 'unknown', classId, methodId };
  const method: Record<string, unknown> = { name: found.name };
  for (const { field, domain, isReserved } of found.layout) {
    const value = read(reader, domain, isInPlace);
    if (!isReserved) method[field] = value;
  }
  reader.end();
  return method;
}

/** In AMQP 0-8, Close and Close-Ok have the ids that RabbitMQ later assigned to Blocked and Unblocked. */
const CLOSE_08: ReadonlyMap<number, number> = new Map([
  [60, 50],
  [61, 51],
]);

/** Converts the payload of an AMQP 0-8 method to 0-9-1. Payloads that are the same in both are returned unchanged. */
export function from08(payload: Uint8Array): Uint8Array {
  const id = payload[0] === 0 && payload[1] === CONNECTION_CLASS ? CLOSE_08.get(payload[3] as number) : undefined;
  if (id === undefined) return payload;
  const changed = Uint8Array.from(payload);
  changed[3] = id;
  return changed;
}

/**
 * Encodes the payload of a method frame.
 *
 * @throws RangeError if a value does not fit its field
 */
export function encodeMethod(method: ConnectionMethod): Uint8Array {
  const writer = new OctetWriter();
  const { id, fields } = METHODS[method.name];
  writer.short(CONNECTION_CLASS);
  writer.short(id);
  const values = method as unknown as Record<string, unknown>;
  for (const [field, domain] of Object.entries<Domain>(fields)) {
    write(writer, domain, isReserved(field) ? RESERVED[domain as keyof typeof RESERVED] : values[field]);
  }
  return writer.octets();
}

/** Encodes a whole method frame on channel 0, the channel of all Connection methods. */
export function encodeMethodFrame(method: ConnectionMethod): Uint8Array {
  return encodeFrame(FRAME_TYPE.method, 0, encodeMethod(method));
}

/** The frame that answers a Connection.Close. */
export const CLOSE_OK = encodeMethodFrame({ name: 'connection.close-ok' });

function isReserved(field: string): boolean {
  return field.startsWith('reserved');
}

function read(reader: OctetReader, domain: Domain, isInPlace: boolean): unknown {
  switch (domain) {
    case 'octet':
      return reader.octet();
    case 'short':
      return reader.short();
    case 'long':
      return reader.long();
    case 'shortstr':
      return reader.shortstr();
    case 'text':
      return reader.text();
    case 'longstr':
      return isInPlace ? reader.take(reader.long()) : reader.longstr();
    case 'table':
      return isInPlace ? new EncodedTable(reader) : readFieldTable(reader);
    case 'bit':
      return reader.octet() !== 0;
    default:
      return domain satisfies never;
  }
}

function write(writer: OctetWriter, domain: Domain, value: unknown): void {
  switch (domain) {
    case 'octet':
    case 'short':
    case 'long':
      writer[domain](value as number);
      break;
    case 'shortstr':
      writer.shortstr(value as string);
      break;
    case 'text':
    case 'longstr':
      writer.longstr(value as string | Uint8Array);
      break;
    case 'table':
      writeFieldTable(writer, value as FieldTable);
      break;
    case 'bit':
      writer.octet(value ? 1 : 0);
      break;
    default:
      domain satisfies never;
  }
}
