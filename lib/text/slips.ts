import { type Document, isAlias, isMap, isNode, isScalar, visit } from 'yaml';
import { quote } from './quote.js';

/** A mistake in a text and its offset. */
export type Slip = { readonly offset: number; readonly message: string };

/**
 * Finds duplicate keys and aliases without an anchor. The YAML library also checks both, but duplicate keys in quadratic
 * time and aliases without their position.
 */
export function findSlips(document: Document): Slip[] {
  const slips: Slip[] = [];
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (!isNode(node)) return;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      // The name is not quoted: it may be a secret that begins with an asterisk.
      if (!anchors.has(node.source))
        slips.push({ offset, message: 'not valid YAML: alias without an anchor before it' });
    } else if ('anchor' in node && node.anchor) {
      anchors.add(node.anchor);
    }
    if (isMap(node)) slips.push(...duplicateKeys(node.items.map(({ key }) => key)));
  });
  return slips;
}

function duplicateKeys(keys: readonly unknown[]): Slip[] {
  const seen = new Set<unknown>();
  return keys.filter(isScalar).flatMap((key) => {
    if (!seen.has(key.value)) {
      seen.add(key.value);
      return [];
    }
    return [{ offset: key.range?.[0] ?? 0, message: `duplicate key ${quote(key.value)}` }];
  });
}
