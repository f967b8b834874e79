import type { Document } from 'yaml';
import { quote } from './quote.js';
import { yaml } from './yaml.js';

/** A mistake in a text and its offset. */
export type Slip = { readonly offset: number; readonly message: string };

/** The tags of the values that JSON has. With others, such as !!binary, values would have types that nothing here expects. */
const TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'];
const KNOWN: ReadonlySet<string | undefined> = new Set([
  undefined,
  '!',
  ...TAGS.map((tag) => `tag:yaml.org,2002:${tag}`),
]);

/**
 * Finds duplicate keys, aliases without an anchor, and tags that are not supported. The YAML library checks the first two, but
 * duplicate keys in quadratic time and aliases without their position.
 */
export function findSlips(document: Document): Slip[] {
  const slips: Slip[] = [];
  const anchors = new Set<string>();
  yaml().visit(document, (_, node) => {
    if (!yaml().isNode(node)) return;
    const offset = node.range?.[0] ?? 0;
    if (yaml().isAlias(node)) {
      // The name is not quoted: it may be a secret that begins with an asterisk.
      if (!anchors.has(node.source))
        slips.push({ offset, message: 'not valid YAML: alias without an anchor before it' });
    } else if ('anchor' in node && node.anchor) {
      anchors.add(node.anchor);
    }
    // The tag is not quoted either.
    if (!KNOWN.has(node.tag)) slips.push({ offset, message: `must not have a tag other than !!${TAGS.join(', !!')}` });
    if (yaml().isMap(node)) slips.push(...duplicateKeys(node.items.map(({ key }) => key)));
  });
  return slips;
}

function duplicateKeys(keys: readonly unknown[]): Slip[] {
  const seen = new Set<unknown>();
  return keys.filter(yaml().isScalar).flatMap((key) => {
    if (!seen.has(key.value)) {
      seen.add(key.value);
      return [];
    }
    return [{ offset: key.range?.[0] ?? 0, message: `duplicate key ${quote(key.value)}` }];
  });
}
