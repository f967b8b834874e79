import { formatPath, type KeyPath } from '../text/key-path.js';
import type { Given } from './given.js';
import { type Key, keys } from './keys.js';
import type { Origin } from './origin.js';
import type { ConfigFile } from './read-file.js';

/** All values that were set, as text in the shape of the effective config, and where each came from. */
export type Merged = {
  readonly tree: Tree;
  /** By formatted path: `proxies[0].listen`. A value that is missing here is a default. */
  readonly origins: ReadonlyMap<string, Origin>;
};

type Tree = { [name: string]: unknown };
type Found = { readonly text: unknown; readonly origin: Origin };

/** Precedence: flag, environment, file, default. In the file, a key of a proxy overrides the same key at the top level. */
export function merge({ settings }: Given, file: ConfigFile | null): Merged {
  const listed = file?.value['proxies'] as readonly unknown[] | undefined;
  const proxies: Tree[] = Array.from(listed ?? [{}], () => ({}));
  const tree: Tree = { proxies };
  const origins = new Map<string, Origin>();

  const find = (key: Key, places: readonly KeyPath[]): Found | undefined => {
    const given = settings.get(key);
    if (given !== undefined) return { text: given.text, origin: { from: given.from, name: given.name } };
    for (const place of places) {
      const text = valueAt(file?.value, place, key.short);
      if (file !== null && text !== undefined) {
        return { text, origin: { from: 'file', file: file.name, ...file.positionOf(place) } };
      }
    }
    return undefined;
  };
  const put = (found: Found | undefined, into: Tree, path: readonly string[], full: KeyPath): void => {
    if (found === undefined) return;
    origins.set(formatPath(full), found.origin);
    set(into, path, found.text);
  };

  for (const key of keys.filter(({ perProxy }) => perProxy)) {
    for (const [index, proxy] of proxies.entries()) {
      const full = ['proxies', index, ...key.path];
      put(find(key, [full, key.path]), proxy, key.path, full);
    }
  }
  for (const key of keys.filter(({ perProxy }) => !perProxy)) {
    put(find(key, [key.path]), tree, key.path, key.path);
  }
  return { tree, origins };
}

/** Returns undefined if the value is missing; null is a value. A section written as text is the value of its short key. */
function valueAt(value: unknown, path: KeyPath, short: boolean): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  // All keys of a section that is null are null, whatever the top level says.
  if (value === null) return null;
  if (typeof value === 'string') return short ? value : undefined;
  if (typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
  return valueAt((value as Record<PropertyKey, unknown>)[step], rest, short);
}

function set(tree: Tree, [name, ...rest]: readonly string[], text: unknown): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    tree[name] = text;
  } else {
    tree[name] ??= {};
    set(tree[name] as Tree, rest, text);
  }
}
