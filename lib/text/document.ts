import { Composer, type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Parser, type Tags } from 'yaml';
import { ConfigError } from '../errors.js';
import type { KeyPath } from './key-path.js';
import { nestedDeeper } from './nesting.js';
import { findSlips, type Slip } from './slips.js';

/** Line and column, both counted from 1. */
export type Position = { readonly line: number; readonly column: number };

/** A file's content with the places of its parts. */
export type ConfigDocument = {
  /** Maps, lists, texts and nulls; numbers and booleans are text, as written. Null for an empty file. */
  readonly value: unknown;
  /** Of the value at a path, or of what is nearest above it. */
  positionOf(path: KeyPath): Position;
  /** Of a key in the map at a path. */
  positionOfKey(path: KeyPath, key: string): Position;
};

/** A config needs four levels; the composer is recursive and would overrun the stack at some thousand. */
const DEEPEST = 32;

/** Uses of an anchor, multiplied through nested ones: the bound against a file that unfolds to gigabytes. */
const MOST_ALIASES = 100;

/** Without YAML's numbers and booleans, `3.10` and `on` stay the text that they are in the file. */
export function textTags(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !/:(int|float|bool)$/.test(tag.tag));
}

/**
 * Reads YAML 1.2, and so JSON.
 *
 * @throws ConfigError with `name:line:column` when it is not valid or has more than one document
 */
export function parseDocument(source: string, name: string): ConfigDocument {
  const lines = new LineCounter();
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
      const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
      return position(offsetOf(pair?.key ?? map));
    },
  };
}

function compose(source: string, lines: LineCounter): { readonly document?: Document; readonly slips: Slip[] } {
  const tokens = [...new Parser(lines.addNewLine).parse(source)];
  const deep = nestedDeeper(tokens, DEEPEST);
  if (deep !== undefined) return { slips: [{ offset: deep, message: `not valid YAML: more than ${DEEPEST} levels` }] };
  const composer = new Composer({
    schema: 'core',
    customTags: textTags,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [document, second] = composer.compose(tokens, true, source.length);
  if (document === undefined) return { slips: [{ offset: 0, message: 'not valid YAML' }] };
  const errors = document.errors.map(({ pos, message }) => ({
    offset: pos[0],
    message: `not valid YAML: ${withoutQuotation(message.replaceAll(/\s+/g, ' '))}`,
  }));
  const several = second && { offset: second.range[0], message: 'must be one YAML document, not several' };
  return { document, slips: [...errors, ...(several ? [several] : []), ...findSlips(document)] };
}

/** The place says what a message is about; what it quotes of the text could be a secret. */
const withoutQuotation = (message: string): string => message.replace(/: ["!>|].*$/, '').replace(/ !\S+ tag /, ' tag ');

function unfold(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (cause) {
    throw new ConfigError(`${name}:1:1: not valid YAML: aliases unfold to more than ${MOST_ALIASES} copies`, { cause });
  }
}

/** The node at a path, or the last one on the way to it. */
function nearestNode(document: Document, path: KeyPath): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    const inner = isAlias(node) ? node.resolve(document) : node;
    const next = isMap(inner) || isSeq(inner) ? inner.get(step, true) : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node;
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
