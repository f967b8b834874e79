import { encodeFieldTable } from '../amqp/field-table.js';
import { fieldTable } from '../amqp/plain-field.js';
import { isMap } from '../text/map.js';
import { type Json, type Kind, kind } from './attribute.js';

type Table = { readonly [name: string]: Json };

/** Deepest nesting; far more than brokers send. See also NESTING_MAX of field tables. */
const DEEPEST = 16;

/** The kind of an attribute that is a field table: a JSON object, or its text. */
export const map = (): Kind<Table | string, Table> =>
  kind(
    (input) => {
      const value = typeof input === 'string' ? parsed(input) : input;
      return isMap(value) && isFieldTable(value as Table) ? (value as Table) : undefined;
    },
    `a map that a field table can hold, at most ${DEEPEST} levels deep`,
    { syntax: 'JSON', type: 'object' },
  );

function isFieldTable(value: Table): boolean {
  if (depthOf(value) > DEEPEST) return false;
  try {
    encodeFieldTable(fieldTable(value));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How deeply maps and lists are nested; stops counting above the limit. */
function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return depth;
  return Math.max(depth, ...Object.values(value).map((inner) => depthOf(inner, depth + 1)));
}
