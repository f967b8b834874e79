import * as z from 'zod';
import type { KeyPath } from '../text/key-path.js';
import type { KeyNotes } from './key.js';
import { globalKeys, proxyKeys } from './schema.js';
import { sections } from './shorthand.js';

/** A key of the schema, with its place. */
export type Key = {
  /** `['log', 'level']` */
  readonly path: readonly string[];
  readonly perProxy: boolean;
  /** Its section may be written as this key's text alone. */
  readonly short: boolean;
  readonly schema: z.ZodType;
  readonly notes: KeyNotes;
  /** The value in help texts: `auto | on | off`. */
  readonly syntax: string;
};

/** Every key, in the order of the schema. */
export const keys: readonly Key[] = [...keysOf(proxyKeys, true), ...keysOf(globalKeys, false)];

/** The names that a file may have below a path such as `[]`, `['proxies', 0]` or `['log']`. */
export function namesBelow(path: KeyPath): string[] {
  const inProxy = path[0] === 'proxies';
  const place = inProxy ? path.slice(2) : path;
  const allowed = keys.filter(({ perProxy }) => perProxy || !inProxy);
  const below = allowed.filter((key) => place.every((name, depth) => key.path[depth] === name));
  const names = below.flatMap((key) => key.path[place.length] ?? []);
  return [...new Set(path.length === 0 ? ['proxies', ...names] : names)];
}

function keysOf(shape: z.core.$ZodShape, perProxy: boolean): Key[] {
  return Object.entries(shape).flatMap(([name, schema]) => [...walk(schema as z.ZodType, [name], perProxy)]);
}

function* walk(schema: z.ZodType, path: readonly string[], perProxy: boolean, shortKey?: string): Generator<Key> {
  const notes = schema.meta();
  if (notes !== undefined && 'flag' in notes) {
    const short = path.at(-1) === shortKey;
    yield { path, perProxy, short, schema, notes: notes as KeyNotes, syntax: syntaxOf(schema) };
    return;
  }
  const { section = schema, key } = sections.get(schema) ?? {};
  const map = unwrap(section);
  if (!(map instanceof z.ZodObject)) throw new TypeError(`${path.join('.')} is neither a key nor a section`);
  for (const [name, inner] of Object.entries(map.shape)) yield* walk(inner, [...path, name], perProxy, key);
}

function syntaxOf(schema: z.ZodType): string {
  return String(unwrap(schema).meta()?.['syntax'] ?? '');
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly || schema instanceof z.ZodNullable;
  return wrapped ? unwrap(schema.unwrap() as z.ZodType) : schema;
}
