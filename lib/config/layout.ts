import * as z from 'zod';
import { textTags } from '../text/document.js';
import { formatPath, type KeyPath } from '../text/key-path.js';
import { yaml } from '../text/yaml.js';
import { type Key, keys } from './keys.js';
import { type Config, effectiveSchema } from './schema.js';

/** A line of a config file. */
export type Line = {
  /** With indentation. `  - ` begins a proxy. */
  readonly text: string;
  /** The key whose value is on this line; null for a line that opens a section. */
  readonly key: Key | null;
  /** The path of the value: `proxies[0].listen`. */
  readonly path: string;
};

type Tree = Readonly<Record<string, unknown>>;

/** Writes a config as a file: one key per line, in the order of the schema. */
export function layout(config: Config): Line[] {
  const tree = z.encode(effectiveSchema, config) as Tree;
  const proxies = tree['proxies'] as readonly Tree[];
  const list = proxies.flatMap((proxy, index) => {
    const ofProxy = keys.filter(({ perProxy }) => perProxy);
    const lines = block(proxy, ofProxy, ['proxies', index]);
    return lines.map((line, nth) => ({ ...line, text: `${nth === 0 ? '  - ' : '    '}${line.text}` }));
  });
  const head = { text: list.length === 0 ? 'proxies: []' : 'proxies:', key: null, path: 'proxies' };
  const global = keys.filter(({ perProxy }) => !perProxy);
  return [head, ...list, ...block(tree, global, [])];
}

function block(tree: Tree, ofBlock: readonly Key[], base: KeyPath): Line[] {
  const lines: Line[] = [];
  let opened = '';
  for (const key of ofBlock) {
    const [section = '', name] = key.path;
    const path = formatPath([...base, ...key.path]);
    const value = tree[section];
    if (name === undefined || typeof value === 'string') {
      // A section that is off is one line, written as its short key.
      if (name === undefined || key.short) lines.push({ text: `${section}: ${inline(value)}`, key, path });
      continue;
    }
    if (section !== opened) lines.push({ text: `${section}:`, key: null, path: formatPath([...base, section]) });
    opened = section;
    lines.push({ text: `  ${name}: ${inline((value as Tree)[name])}`, key, path });
  }
  return lines;
}

/** A value on one line, quoted where the reader would otherwise misread it. */
function inline(value: unknown): string {
  const document = new (yaml().Document)(value, { schema: 'core', customTags: textTags });
  const flow = Array.isArray(value) ? ({ collectionStyle: 'flow', flowCollectionPadding: false } as const) : {};
  return document.toString({ lineWidth: 0, blockQuote: false, ...flow }).trimEnd();
}
