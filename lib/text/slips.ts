import { type Document, isAlias, isMap, isNode, isScalar, visit } from 'yaml';
import { quote } from './quote.js';

/** What is wrong with a text, and where. */
export type Slip = { readonly offset: number; readonly message: string };

/**
 * Keys that stand twice in a map and aliases without an anchor. The library checks both too, the first in quadratic
 * time, the second without telling the place.
 */
export function findSlips(document: Document): Slip[] {
  const slips: Slip[] = [];
  const anchors = new Set<string>();
  visit(document, (_, node) => {
    if (!isNode(node)) return;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      // It may have been meant as a text, even a secret one, that begins with an asterisk.
      if (!anchors.has(node.source)) slips.push({ offset, message: 'not valid YAML: no anchor of that name before' });
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
