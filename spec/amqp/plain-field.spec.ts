import test from 'ava';
import fc from 'fast-check';
import { decodeFieldTable, encodeFieldTable } from '../../lib/amqp/field-table.js';
import { fieldTable, type Plain } from '../../lib/amqp/plain-field.js';

test('JSON becomes fields of the types that a client would choose', (t) => {
  t.deepEqual(
    fieldTable({
      product: 'app',
      capabilities: { 'basic.nack': true },
      small: 7,
      big: 2 ** 31,
      ratio: 0.5,
      list: ['a', null],
    }),
    new Map([
      ['product', { type: 'S', value: 'app' }],
      ['capabilities', { type: 'F', value: new Map([['basic.nack', { type: 't', value: true }]]) }],
      ['small', { type: 'I', value: 7 }],
      ['big', { type: 'l', value: 2147483648n }],
      ['ratio', { type: 'd', value: 0.5 }],
      [
        'list',
        {
          type: 'A',
          value: [
            { type: 'S', value: 'a' },
            { type: 'V', value: null },
          ],
        },
      ],
    ]),
  );
});

test('every JSON object can be written as a field table', (t) => {
  const json = fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue({ maxDepth: 3 }));
  t.notThrows(() =>
    fc.assert(
      fc.property(json, (object) => {
        const table = fieldTable(object as { [name: string]: Plain });
        t.deepEqual(decodeFieldTable(encodeFieldTable(table)), table);
      }),
    ),
  );
});
