import type { CST } from 'yaml';

/** The offset of the first token found that is nested more than `deepest` maps and lists deep; undefined if none is. */
export function nestedDeeper(tokens: readonly CST.Token[], deepest: number): number | undefined {
  // A stack of our own: this check is there because recursion would overrun the real one.
  const todo = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { token, depth } = next;
    if (depth > deepest) return token.offset;
    if (token.type === 'document' && token.value) todo.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) todo.push({ token: key, depth: depth + 1 });
      if (value) todo.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}
