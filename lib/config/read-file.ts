import { ConfigError } from '../errors.js';
import { type ConfigDocument, type Position, parseDocument } from '../text/document.js';
import { formatPath, type KeyPath } from '../text/key-path.js';
import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';
import { namesBelow } from './keys.js';
import { readConfigText } from './read-text.js';
import { fileSchema } from './schema.js';

/** A valid file. Its values are still the text of the file. */
export type ConfigFile = {
  readonly name: string;
  /** It has no keys at all: it is empty, or only comments. */
  readonly isEmpty: boolean;
  readonly value: Readonly<Record<string, unknown>>;
  readonly positionOf: ConfigDocument['positionOf'];
};

type Problem = Position & { readonly message: string };

/** Maximum unknown keys reported per map: each costs a search for similar names. */
const MOST_UNKNOWN_KEYS = 100;

/**
 * Reads and validates a YAML or JSON file. An empty file is an empty map.
 *
 * @throws ConfigError with one line per problem: `name:line:column: …`
 */
export function readConfigFile(name: string, readFile: (path: string) => string): ConfigFile {
  const document = parseDocument(readConfigText(name, readFile), name);
  const value = document.value ?? {};
  const { error } = fileSchema.safeParse(value);
  const problems = (error?.issues ?? []).flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(document, issue.path, issue.keys);
    return [
      { ...document.positionOf(issue.path), message: `${formatPath(issue.path) || 'the config'} ${issue.message}` },
    ];
  });
  if (problems.length === 0)
    return {
      name,
      isEmpty: document.value === null,
      value: value as ConfigFile['value'],
      positionOf: document.positionOf,
    };
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  throw new ConfigError(problems.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`));
}

function unknownKeys(document: ConfigDocument, path: KeyPath, keys: readonly string[]): Problem[] {
  return keys.slice(0, MOST_UNKNOWN_KEYS).map((key) => ({
    ...document.positionOfKey(path, key),
    message: `unknown key ${quote(key)}${didYouMean(key, namesBelow(path))}`,
  }));
}
