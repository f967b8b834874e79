import test from 'ava';
import fc from 'fast-check';
import { EncodedTable } from '../../lib/amqp/encoded-table.js';
import {
  encodeFieldTable,
  type Field,
  type Fields,
  type FieldTable,
  NESTING_MAX,
  readFieldTable,
} from '../../lib/amqp/field-table.js';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { OctetReader } from '../../lib/amqp/octet-reader.js';
import { concat } from '../support/bytes.js';
import { randomFieldTable } from '../support/random-field.js';

/** Reads a table; null if it is malformed. */
function outcome<Table>(octets: Uint8Array, read: (reader: OctetReader) => Table) {
  const reader = new OctetReader(octets);
  try {
    return { table: read(reader), left: reader.left };
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** What is found under the names of a decoded table, also in the tables inside it. */
function lookedUp(fields: Fields, names: FieldTable): FieldTable {
  const found = new Map<string, Field>();
  for (const [name, { type, value }] of names) {
    const field = fields.get(name);
    const isTable = type === 'F' && field?.type === 'F';
    if (field) found.set(name, isTable ? { type, value: lookedUp(field.value, value) } : (field as Field));
  }
  return found;
}

const isAscii = (name: string): boolean => /^[\0-\x7f]*$/.test(name);

/** Without the fields whose names are not ASCII, which are not looked up. */
const ascii = (table: FieldTable): FieldTable =>
  new Map(
    [...table]
      .filter(([name]) => isAscii(name))
      .map(([name, field]) => [name, field.type === 'F' ? { type: 'F', value: ascii(field.value) } : field]),
  );

/** Tables in which a name may occur twice. */
const encoded = fc.array(randomFieldTable, { minLength: 1, maxLength: 2 }).map((tables) => {
  const fields = concat(...tables.map((table) => encodeFieldTable(table).subarray(4)));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(fields.length);
  return concat(size, fields);
});
const damaged = fc.tuple(encoded, fc.nat(), fc.nat(255)).map(([octets, at, octet]) => {
  octets[at % octets.length] = octet;
  return octets;
});

test('each field that is looked up is the one that decoding the whole table gives', (t) => {
  fc.assert(
    fc.property(encoded, (octets) => {
      const table = ascii(readFieldTable(new OctetReader(octets)));
      t.deepEqual(lookedUp(new EncodedTable(new OctetReader(octets)), table), table);
    }),
  );
});

test('octets are malformed exactly if they are when the whole table is decoded', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), damaged), (octets) => {
      const decoded = outcome(octets, readFieldTable);
      const left = outcome(octets, (reader) => new EncodedTable(reader));
      t.is(left === null, decoded === null);
      if (decoded === null || left === null) return;
      t.is(left.left, decoded.left);
      const table = ascii(decoded.table);
      t.deepEqual(lookedUp(left.table, table), table);
    }),
    { numRuns: 2000 },
  );
});

test('tables and arrays nest up to the limit', (t) => {
  for (const type of ['A', 'F'] as const) {
    const nested = (levels: number) => {
      let field: Field = { type: 'V', value: null };
      for (let n = 1; n < levels; n++) {
        field = type === 'A' ? { type, value: [field] } : { type, value: new Map([['k', field]]) };
      }
      return encodeFieldTable(new Map([['k', field]]));
    };
    t.notThrows(() => new EncodedTable(new OctetReader(nested(NESTING_MAX))));
    t.throws(() => new EncodedTable(new OctetReader(nested(NESTING_MAX + 1))), { instanceOf: MalformedError });
  }
});

test('a name that is missing, or that only begins like another one, is not found', (t) => {
  const table = new EncodedTable(
    new OctetReader(encodeFieldTable(new Map<string, Field>([['product', { type: 'S', value: 'RabbitMQ' }]]))),
  );
  for (const name of ['', 'prod', 'products', 'version']) t.is(table.get(name), undefined);
  t.deepEqual(table.get('product'), { type: 'S', value: 'RabbitMQ' });
});
