import * as z from 'zod';
import type { KeyPath } from '../text/key-path.js';
import { globalKeys } from './global-keys.js';
import { GROUP_OF, type Group } from './groups.js';
import type { KeyNotes } from './key.js';
import { proxyKeys } from './proxy-keys.js';
import { sections } from './shorthand.js';

/** A key of the schema and its position. */
export type Key = {
  /** `['log', 'level']` */
  readonly path: readonly string[];
  readonly perProxy: boolean;
  /** Whether its section may be written as the text of this key alone. */
  readonly short: boolean;
  readonly schema: z.ZodType;
  readonly notes: KeyNotes;
  readonly group: Group;
  /** The value in help texts: `auto | on | off`. */
  readonly syntax: string;
  /** Bounds of an integer. */
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
};

/** All keys, in the order of the schema. */
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
  return Object.entries(shape).flatMap(([name, schema]) => {
    const group = GROUP_OF[name as keyof typeof GROUP_OF];
    const found = [...walk(schema as z.ZodType, [name])];
    return found.map((key) => ({ ...key, perProxy, group }));
  });
}

function* walk(
  schema: z.ZodType,
  path: readonly string[],
  shortKey?: string,
): Generator<Omit<Key, 'perProxy' | 'group'>> {
  const notes = schema.meta();
  if (notes !== undefined && 'flag' in notes) {
    const short = path.at(-1) === shortKey;
    yield { path, short, schema, notes: notes as KeyNotes, ...kindOf(schema) };
    return;
  }
  const { section = schema, key } = sections.get(schema) ?? {};
  const map = unwrap(section);
  if (!(map instanceof z.ZodObject)) throw new TypeError(`${path.join('.')} is neither a key nor a section`);
  for (const [name, inner] of Object.entries(map.shape)) yield* walk(inner, [...path, name], key);
}

function kindOf(schema: z.ZodType): Pick<Key, 'syntax' | 'minimum' | 'maximum'> {
  const { syntax = '', minimum, maximum } = unwrap(schema).meta() ?? {};
  return {
    syntax: String(syntax),
    minimum: minimum as number | undefined,
    maximum: maximum as number | undefined,
  };
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly || schema instanceof z.ZodNullable;
  return wrapped ? unwrap(schema.unwrap() as z.ZodType) : schema;
}
