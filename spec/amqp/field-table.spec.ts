import test from 'ava';
import fc from 'fast-check';
import {
  decodeFieldTable,
  encodeFieldTable,
  type Field,
  type FieldTable,
  NESTING_MAX,
  textOf,
} from '../../lib/amqp/field-table.js';
import { toHex } from '../../lib/amqp/header.js';
import { MalformedError } from '../../lib/amqp/malformed-error.js';
import { randomFieldTable } from '../support/random-field.js';

/** The letters, sizes and signs that rabbit_binary_parser.erl reads, one octet string for each. */
const wire: readonly (readonly [hex: string, field: Field])[] = [
  ['7401', { type: 't', value: true }],
  ['62ff', { type: 'b', value: -1 }],
  ['42ff', { type: 'B', value: 255 }],
  ['738000', { type: 's', value: -32768 }],
  ['758000', { type: 'u', value: 32768 }],
  ['4980000000', { type: 'I', value: -2147483648 }],
  ['6980000000', { type: 'i', value: 2147483648 }],
  ['6c8000000000000000', { type: 'l', value: -(2n ** 63n) }],
  ['663fc00000', { type: 'f', value: 1.5 }],
  ['643ff8000000000000', { type: 'd', value: 1.5 }],
  ['440200000139', { type: 'D', value: { scale: 2, unscaled: 313 } }],
  ['5300000002c3a9', { type: 'S', value: 'é' }],
  ['5300000001ff', { type: 'S', value: Uint8Array.of(255) }],
  ['5300000003efbbbf', { type: 'S', value: '\ufeff' }],
  [
    '41000000035674' + '00',
    {
      type: 'A',
      value: [
        { type: 'V', value: null },
        { type: 't', value: false },
      ],
    },
  ],
  ['54ffffffffffffffff', { type: 'T', value: 2n ** 64n - 1n }],
  ['46000000030161' + '56', { type: 'F', value: new Map([['a', { type: 'V', value: null }]]) }],
  ['56', { type: 'V', value: null }],
  ['7800000002ff00', { type: 'x', value: Uint8Array.of(255, 0) }],
];

function tableOf(field: string): Uint8Array {
  const content = Buffer.from(`016b${field}`, 'hex');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length);
  return Buffer.concat([size, content]);
}

for (const [hex, field] of wire) {
  test(`${hex} is a field of type ${field.type}, in both directions`, (t) => {
    const table: FieldTable = new Map([['k', field]]);
    t.deepEqual(decodeFieldTable(tableOf(hex)), table);
    t.is(toHex(encodeFieldTable(table)), toHex(tableOf(hex)));
  });

  test(`a table that is truncated in the field ${hex} is malformed`, (t) => {
    const octets = tableOf(hex);
    for (let at = 0; at < octets.length; at++) {
      t.throws(() => decodeFieldTable(octets.subarray(0, at)), { instanceOf: MalformedError });
    }
  });
}

test('every table is the same after encoding and decoding', (t) => {
  t.notThrows(() =>
    fc.assert(fc.property(randomFieldTable, (table) => t.deepEqual(decodeFieldTable(encodeFieldTable(table)), table))),
  );
});

test('the order of the fields is kept', (t) => {
  const names = ['z', 'a', 'm'];
  const table: FieldTable = new Map(names.map((name) => [name, { type: 'V', value: null }]));
  t.deepEqual([...decodeFieldTable(encodeFieldTable(table)).keys()], names);
});

test('if a name occurs twice, the last field wins', (t) => {
  t.deepEqual(decodeFieldTable(Buffer.from('00000008016b7401016b7400', 'hex')).get('k'), { type: 't', value: false });
});

test('octets after the table, an unknown letter and a size beyond the end are malformed', (t) => {
  for (const hex of ['0000000000', '00000003016b5a', '00000005016b7401', '00000007016b53000000ff']) {
    t.throws(() => decodeFieldTable(Buffer.from(hex, 'hex')), { instanceOf: MalformedError }, hex);
  }
});

test('tables nest up to the limit; beyond it they are malformed, however deep they claim to be', (t) => {
  const nested = (levels: number) => {
    let field: Field = { type: 'V', value: null };
    for (let n = 1; n < levels; n++) field = { type: 'A', value: [field] };
    return encodeFieldTable(new Map([['k', field]]));
  };
  t.notThrows(() => decodeFieldTable(nested(NESTING_MAX)));
  for (const levels of [NESTING_MAX + 1, 3000]) {
    t.throws(() => decodeFieldTable(nested(levels)), {
      instanceOf: MalformedError,
      message: /nested more than 32 levels deep/,
    });
  }
});

test('decoding throws only MalformedError', (t) => {
  const decode = (octets: Uint8Array) => {
    try {
      decodeFieldTable(octets);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  };
  const damaged = fc.tuple(randomFieldTable, fc.nat(), fc.nat(255)).map(([table, at, octet]) => {
    const octets = encodeFieldTable(table);
    octets[at % octets.length] = octet;
    return octets;
  });
  t.notThrows(() => fc.assert(fc.property(fc.oneof(fc.uint8Array(), damaged), decode), { numRuns: 2000 }));
});

test('a value that does not fit its type is a RangeError', (t) => {
  const misfits: readonly Field[] = [
    { type: 'b', value: 128 },
    { type: 'B', value: -1 },
    { type: 'I', value: 2 ** 31 },
    { type: 'i', value: 0.5 },
    { type: 'l', value: 2n ** 63n },
    { type: 'T', value: -1n },
  ];
  for (const field of misfits) {
    t.throws(() => encodeFieldTable(new Map([['k', field]])), { instanceOf: RangeError }, field.type);
  }
  t.throws(() => encodeFieldTable(new Map([['k'.repeat(256), { type: 'V', value: null }]])), {
    instanceOf: RangeError,
  });
});

test('only a long string is text', (t) => {
  const table: FieldTable = new Map<string, Field>([
    ['product', { type: 'S', value: 'RabbitMQ' }],
    ['binary', { type: 'S', value: Uint8Array.of(255) }],
    ['number', { type: 'I', value: 1 }],
  ]);
  t.is(textOf(table, 'product'), 'RabbitMQ');
  for (const name of ['binary', 'number', 'missing']) t.is(textOf(table, name), undefined);
});
