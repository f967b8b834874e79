import type { Field, FieldTable } from './field-table.js';

/** A JSON value that can be a field. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** Converts a JSON object to a field table, with the types that a client would choose. */
export function fieldTable(object: { readonly [name: string]: Plain }): FieldTable {
  return new Map(Object.entries(object).map(([name, value]) => [name, field(value)]));
}

function field(value: Plain): Field {
  if (value === null) return { type: 'V', value };
  if (typeof value === 'boolean') return { type: 't', value };
  if (typeof value === 'string') return { type: 'S', value };
  if (typeof value === 'number') return number(value);
  if (isArray(value)) return { type: 'A', value: value.map(field) };
  return { type: 'F', value: fieldTable(value) };
}

function number(value: number): Field {
  if (!Number.isSafeInteger(value)) return { type: 'd', value };
  // -0 becomes 0 here.
  const int = value | 0;
  return int === value ? { type: 'I', value: int } : { type: 'l', value: BigInt(value) };
}

/** Array.isArray does not narrow a union with a readonly array. */
function isArray(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
