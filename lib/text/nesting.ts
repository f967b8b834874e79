import type { CST } from 'yaml';

/** Returns the offset of a token that is nested deeper than `deepest` maps and lists, or undefined. */
export function nestedDeeper(tokens: readonly CST.Token[], deepest: number): number | undefined {
  // An explicit stack: this check protects code whose recursion would overflow the call stack.
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
