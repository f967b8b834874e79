import type { Document, LineCounter, Tags } from 'yaml';
import { ConfigError } from '../errors.js';
import type { KeyPath } from './key-path.js';
import { nestedDeeper } from './nesting.js';
import { oneLine } from './one-line.js';
import { readTokens } from './read-tokens.js';
import { findSlips, type Slip } from './slips.js';
import { yaml } from './yaml.js';

/** Line and column, both starting at 1. */
export type Position = { readonly line: number; readonly column: number };

/** The content of a file and the positions of its parts. */
export type ConfigDocument = {
  /** Maps, lists, text and null. Numbers and booleans are text, as written. Null for an empty file. */
  readonly value: unknown;
  /** Position of the value at a path, or of its nearest ancestor. */
  positionOf(path: KeyPath): Position;
  /** Position of a key in the map at a path. */
  positionOfKey(path: KeyPath, key: string): Position;
};

/** Maximum nesting. A config needs four levels; the recursive composer overflows the stack at some thousand. */
const DEEPEST = 32;

/** Maximum syntax errors reported. Invalid text can have one at every byte. */
const MOST_ERRORS = 100;

/** Maximum copies that aliases expand to, including nested ones. Without it a small file expands to gigabytes. */
const MOST_ALIASES = 100;

/** Removes YAML's numbers and booleans, so that `3.10` and `on` keep their text. */
export function textTags(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !/:(int|float|bool)$/.test(tag.tag));
}

/**
 * Parses YAML 1.2, which includes JSON.
 *
 * @throws ConfigError with `name:line:column` when the source is not valid or has more than one document
 */
export function parseDocument(source: string, name: string): ConfigDocument {
  const lines = new (yaml().LineCounter)();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const { document, slips } = compose(source, lines);
  if (document === undefined || slips.length > 0) {
    const places = slips.map(({ offset, message }) => ({ ...position(offset), message }));
    throw new ConfigError(places.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`));
  }
  return {
    value: unfold(document, name),
    positionOf: (path) => position(offsetOf(nearestNode(document, path))),
    positionOfKey: (path, key) => {
      const map = nearestNode(document, path);
      const pair = yaml().isMap(map)
        ? map.items.find((item) => yaml().isScalar(item.key) && item.key.value === key)
        : undefined;
      return position(offsetOf(pair?.key ?? map));
    },
  };
}

function compose(source: string, lines: LineCounter): { readonly document?: Document; readonly slips: Slip[] } {
  const tokens = readTokens(source, lines, DEEPEST);
  if ('rule' in tokens) return { slips: [{ offset: tokens.offset, message: tokens.rule }] };
  const deep = nestedDeeper(tokens, DEEPEST);
  if (deep !== undefined)
    return { slips: [{ offset: deep, message: `not valid YAML: nested deeper than ${DEEPEST} levels` }] };
  const composer = new (yaml().Composer)({
    schema: 'core',
    customTags: textTags,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [document, second] = composer.compose(tokens, true, source.length);
  if (document === undefined) return { slips: [{ offset: 0, message: 'not valid YAML' }] };
  const errors = document.errors.slice(0, MOST_ERRORS).map(({ pos, message }) => ({
    offset: pos[0],
    message: `not valid YAML: ${oneLine(withoutQuotation(message.replaceAll(/\s+/g, ' ')))}`,
  }));
  const several = second && { offset: second.range[0], message: 'must be one YAML document, not several' };
  return { document, slips: [...errors, ...(several ? [several] : []), ...findSlips(document)] };
}

/** The position is enough to find the error, and the quoted text could be a secret. */
const withoutQuotation = (message: string): string => message.replace(/: ["!>|].*$/, '').replace(/ !\S+ tag /, ' tag ');

function unfold(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (cause) {
    throw new ConfigError(`${name}:1:1: not valid YAML: aliases expand to more than ${MOST_ALIASES} copies`, { cause });
  }
}

/** The node at a path, or its nearest ancestor. */
function nearestNode(document: Document, path: KeyPath): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    const inner = yaml().isAlias(node) ? node.resolve(document) : node;
    const next = yaml().isMap(inner) || yaml().isSeq(inner) ? inner.get(step, true) : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node;
}

function offsetOf(node: unknown): number {
  return yaml().isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
