import { MalformedError } from './malformed-error.js';
import { OctetReader } from './octet-reader.js';
import { OctetWriter } from './octet-writer.js';

/** The value of each type letter. These are RabbitMQ's letters, which differ from those of the 0-9-1 specification. */
interface FieldValues {
  /** boolean; any octet except 0 is true */
  t: boolean;
  /** signed octet */
  b: number;
  /** unsigned octet */
  B: number;
  /** signed 16 bits */
  s: number;
  /** unsigned 16 bits */
  u: number;
  /** signed 32 bits */
  I: number;
  /** unsigned 32 bits */
  i: number;
  /** signed 64 bits */
  l: bigint;
  /** IEEE 754, 32 bits */
  f: number;
  /** IEEE 754, 64 bits */
  d: number;
  /** decimal: `unscaled` divided by 10 to the power of `scale` */
  D: { readonly scale: number; readonly unscaled: number };
  /** long string; octets if it is not UTF-8 */
  S: string | Uint8Array;
  A: readonly Field[];
  /** timestamp, in seconds since 1970 */
  T: bigint;
  F: FieldTable;
  /** void */
  V: null;
  /** octets */
  x: Uint8Array;
}

/** A value in a field table, with its type letter on the wire. */
export type Field = {
  [Type in keyof FieldValues]: { readonly type: Type; readonly value: FieldValues[Type] };
}[keyof FieldValues];

/** The fields in wire order. If a name occurs twice, the last value wins. */
export type FieldTable = ReadonlyMap<string, Field>;

/** A table of which single fields are looked up by name. */
export interface Fields {
  get(
    name: string,
  ): Exclude<Field, { readonly type: 'F' }> | { readonly type: 'F'; readonly value: Fields } | undefined;
}

/** Maximum nesting depth of tables and arrays: far above what clients send, far below what would exhaust the stack. */
export const NESTING_MAX = 32;

/**
 * Decodes a field table, including its size prefix.
 *
 * @throws MalformedError if it is malformed, followed by other octets, or nested more than NESTING_MAX levels deep
 * @see rabbit_binary_parser.erl, `parse_table`
 */
export function decodeFieldTable(octets: Uint8Array): FieldTable {
  const reader = new OctetReader(octets);
  const table = readFieldTable(reader);
  reader.end();
  return table;
}

/**
 * Encodes a field table, including its size prefix.
 *
 * @throws RangeError if a value does not fit its type, or a name has more than 255 octets
 * @see rabbit_binary_generator.erl, `generate_table`
 */
export function encodeFieldTable(table: FieldTable): Uint8Array {
  const writer = new OctetWriter();
  writeFieldTable(writer, table);
  return writer.octets();
}

/** Reads a table at the position of the reader. `depth`: the number of enclosing tables and arrays. */
export function readFieldTable(reader: OctetReader, depth = 0): FieldTable {
  const fields = enter(reader, depth);
  const table = new Map<string, Field>();
  while (fields.left > 0) table.set(fields.shortstr(), readField(fields, depth + 1));
  return table;
}

/** Writes a table at the position of the writer. */
export function writeFieldTable(writer: OctetWriter, table: FieldTable): void {
  writer.sized(() => {
    for (const [name, field] of table) {
      writer.shortstr(name);
      writeField(writer, field);
    }
  });
}

/** The text of a long string; undefined if the field is missing or has another type. */
export function textOf(table: Fields, name: string): string | undefined {
  const field = table.get(name);
  return field?.type === 'S' && typeof field.value === 'string' ? field.value : undefined;
}

/** Reads a field after its name. `depth`: the number of enclosing tables and arrays. */
export function readField(reader: OctetReader, depth: number): Field {
  const type = String.fromCharCode(reader.octet()) as keyof FieldValues;
  switch (type) {
    case 't':
      return { type, value: reader.octet() !== 0 };
    case 'b':
      return { type, value: reader.signedOctet() };
    case 'B':
      return { type, value: reader.octet() };
    case 's':
      return { type, value: reader.signedShort() };
    case 'u':
      return { type, value: reader.short() };
    case 'I':
      return { type, value: reader.signedLong() };
    case 'i':
      return { type, value: reader.long() };
    case 'l':
      return { type, value: reader.signedLonglong() };
    case 'f':
      return { type, value: reader.float() };
    case 'd':
      return { type, value: reader.double() };
    case 'D':
      return { type, value: { scale: reader.octet(), unscaled: reader.long() } };
    case 'S':
      return { type, value: textOrOctets(reader.take(reader.long())) };
    case 'A':
      return { type, value: readArray(reader, depth) };
    case 'T':
      return { type, value: reader.longlong() };
    case 'F':
      return { type, value: readFieldTable(reader, depth) };
    case 'V':
      return { type, value: null };
    case 'x':
      return { type, value: reader.longstr() };
    default: {
      throw new MalformedError(`unknown field type ${JSON.stringify(type satisfies never)}`);
    }
  }
}

function writeField(writer: OctetWriter, field: Field): void {
  writer.octet(field.type.charCodeAt(0));
  switch (field.type) {
    case 't':
      writer.octet(field.value ? 1 : 0);
      break;
    case 'b':
      writer.signedOctet(field.value);
      break;
    case 'B':
      writer.octet(field.value);
      break;
    case 's':
      writer.signedShort(field.value);
      break;
    case 'u':
      writer.short(field.value);
      break;
    case 'I':
      writer.signedLong(field.value);
      break;
    case 'i':
      writer.long(field.value);
      break;
    case 'l':
      writer.signedLonglong(field.value);
      break;
    case 'f':
      writer.float(field.value);
      break;
    case 'd':
      writer.double(field.value);
      break;
    case 'D':
      writer.octet(field.value.scale);
      writer.long(field.value.unscaled);
      break;
    case 'S':
    case 'x':
      writer.longstr(field.value);
      break;
    case 'A':
      writer.sized(() => {
        for (const element of field.value) writeField(writer, element);
      });
      break;
    case 'T':
      writer.longlong(field.value);
      break;
    case 'F':
      writeFieldTable(writer, field.value);
      break;
    case 'V':
      break;
    default:
      field satisfies never;
  }
}

function readArray(reader: OctetReader, depth: number): readonly Field[] {
  const elements = enter(reader, depth);
  const array: Field[] = [];
  while (elements.left > 0) array.push(readField(elements, depth + 1));
  return array;
}

/** Returns a reader for the content of a table or an array, which follows its size. `depth`: the number of enclosing ones. */
export function enter(reader: OctetReader, depth: number): OctetReader {
  if (depth >= NESTING_MAX)
    throw new MalformedError(`tables and arrays are nested more than ${NESTING_MAX} levels deep`);
  return reader.within(reader.long());
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOrOctets(octets: Uint8Array): string | Uint8Array {
  try {
    return strict.decode(octets);
  } catch {
    return new Uint8Array(octets);
  }
}
