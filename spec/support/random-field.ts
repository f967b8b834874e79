import fc from 'fast-check';
import type { Field, FieldTable } from '../../lib/amqp/field-table.js';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const octets = fc.uint8Array({ maxLength: 20 });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const uint64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });

function of<Type extends Field['type']>(type: Type, value: fc.Arbitrary<unknown>): fc.Arbitrary<Field> {
  return value.map((value) => ({ type, value }) as Field);
}

/** Field tables with fields of every type, also nested. */
export const { table: randomFieldTable } = fc.letrec<{ table: FieldTable; field: Field }>((tie) => ({
  table: fc.array(fc.tuple(text, tie('field')), { maxLength: 5 }).map((fields) => new Map(fields)),
  field: fc.oneof(
    { maxDepth: 3 },
    of('t', fc.boolean()),
    of('b', fc.integer({ min: -0x80, max: 0x7f })),
    of('B', fc.integer({ min: 0, max: 0xff })),
    of('s', fc.integer({ min: -0x8000, max: 0x7fff })),
    of('u', fc.integer({ min: 0, max: 0xffff })),
    of('I', fc.integer()),
    of('i', uint32),
    of('l', fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })),
    of('f', fc.float()),
    of('d', fc.double()),
    of('D', fc.record({ scale: fc.integer({ min: 0, max: 0xff }), unscaled: uint32 })),
    of('S', text),
    of('T', uint64),
    of('V', fc.constant(null)),
    of('x', octets),
    of('A', fc.array(tie('field'), { maxLength: 5 })),
    of('F', tie('table')),
  ),
}));
