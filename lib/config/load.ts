import { ConfigError } from '../errors.js';
import { formatPath, type KeyPath } from '../text/key-path.js';
import { findConflicts } from './conflicts.js';
import { type Given, readGiven } from './given.js';
import { merge } from './merge.js';
import type { Origin } from './origin.js';
import { type ConfigFile, readConfigFile } from './read-file.js';
import { readText } from './read-text.js';
import { type Config, effectiveSchema } from './schema.js';
import { unknownVariables } from './unknown-variables.js';

export type Sources = {
  /** Flags as parsed by yargs, by their names with dashes. All values are text. Other entries are ignored. */
  readonly argv: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Returns the text of a file; throws as `fs` does.
   *
   * @defaultValue reads from the file system
   */
  readonly readFile?: (path: string) => string;
};

export type LoadedConfig = {
  readonly config: Config;
  /** Returns where a value came from, by its path in `config`: `proxies[0].listen`, `log.level`. */
  readonly origin: (path: string) => Origin;
  /** The config file as the user named it, or null. */
  readonly file: string | null;
  /** The config file is empty, or has only comments. */
  readonly isEmpty: boolean;
  /** One sentence for each setting that was ignored. */
  readonly warnings: readonly string[];
};

/** Keys that proxies cannot share, so no flag can set them for several. */
const OF_ONE_PROXY = ['listen', 'upstream'];

/**
 * Loads the effective config from flags, environment, file and defaults.
 *
 * @throws ConfigError with one line per problem
 */
export function loadConfig({ argv, env, readFile = readText }: Sources): LoadedConfig {
  const given = readGiven(argv, env);
  const file = given.file === null ? null : readConfigFile(given.file, readFile);
  const { tree, origins } = merge(given, file);
  const config = effectiveSchema.parse(tree);
  const origin = (path: string): Origin => origins.get(path) ?? { from: 'default' };

  const shared = sharedByAll(given, config.proxies.length);
  if (shared.length > 0) throw new ConfigError(shared);
  const conflicts = findConflicts(config).map(({ other, ...conflict }) => {
    const written = [conflict, ...(other === undefined ? [] : [other])].find(({ path }) =>
      origins.has(formatPath(path)),
    );
    const { path, message } = written ?? conflict;
    return `${whereabouts(path, origin, file)} ${message}`;
  });
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return { config, origin, file: given.file, isEmpty: file?.isEmpty ?? false, warnings: unknownVariables(env) };
}

function sharedByAll({ settings }: Given, proxies: number): string[] {
  if (proxies < 2) return [];
  return [...settings].flatMap(([{ path }, { name }]) => {
    const key = formatPath(path);
    return OF_ONE_PROXY.includes(key)
      ? [`${name} must not be used with ${proxies} proxies: set ${key} of each proxy`]
      : [];
  });
}

/** Names the value that a problem is about by where the user set it: a flag, a variable, or a line of the file. */
function whereabouts(path: KeyPath, origin: LoadedConfig['origin'], file: ConfigFile | null): string {
  const found = origin(formatPath(path));
  if (found.from === 'flag' || found.from === 'env') return found.name;
  const inList = file !== null && Object.hasOwn(file.value, 'proxies');
  const name = formatPath(path[0] === 'proxies' && !inList ? path.slice(2) : path);
  if (found.from === 'file') return `${found.file}:${found.line}:${found.column}: ${name}`;
  // A default has no line. The line of its proxy says which proxy the problem is in.
  if (file === null || !inList || path[0] !== 'proxies') return name;
  const { line, column } = file.positionOf(path);
  return `${file.name}:${line}:${column}: ${name}`;
}
