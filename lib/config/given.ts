import { ConfigError } from '../errors.js';
import { quote } from '../text/quote.js';
import { type Key, keys } from './keys.js';

/** The values of flags and environment variables. */
export type Given = {
  /** The path of the config file. */
  readonly file: string | null;
  /** The text for each key that is set, and its flag or variable. The text is valid. */
  readonly settings: ReadonlyMap<Key, Setting>;
};

type Setting = { readonly text: string; readonly from: 'flag' | 'env'; readonly name: string };

/** The environment variable of a flag: `RABBIT_SNARE_HANDSHAKE_TIMEOUT` for `handshake-timeout`. */
export function variableOf(flag: string): string {
  return `RABBIT_SNARE_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads flags and environment variables. A flag overrides its variable, and an empty variable is ignored.
 *
 * @throws ConfigError with one line per problem
 */
export function readGiven(argv: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Given {
  const problems: string[] = [];
  const find = (flag: string, value: unknown): Setting | undefined => {
    const variable = variableOf(flag);
    if (typeof value === 'string') return { text: value, from: 'flag', name: `--${flag}` };
    if (Array.isArray(value)) problems.push(`--${flag} must be given once, not ${value.length} times`);
    else if (value !== undefined) problems.push(`--${flag} must have a value, not ${quote(value)}`);
    else if (env[variable]) return { text: env[variable], from: 'env', name: variable };
    return undefined;
  };

  const file = find('config', argv['config']);
  if (file?.text === '') problems.push(`${file.name} must be the path of a file, not ""`);
  const settings = new Map<Key, Setting>();
  for (const key of keys) {
    const { flag, variable } = key.notes;
    const setting = flag === null ? variable && find(variable, undefined) : find(flag, argv[flag]);
    if (!setting) continue;
    const { error } = key.schema.safeParse(setting.text);
    problems.push(...(error?.issues ?? []).map(({ message }) => `${setting.name} ${message}`));
    settings.set(key, setting);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { file: file?.text ?? null, settings };
}
