import { ConfigError } from '../errors.js';
import { secret } from './kind.js';
import { readText } from './read-text.js';
import type { Config } from './schema.js';

const VARIABLE = 'RABBIT_SNARE_CONTROL_TOKEN';
const FILE_VARIABLE = `${VARIABLE}_FILE`;

/**
 * A config with the token that the environment gives, itself or as the path of a file whose first line it is. It has no
 * flag: the list of processes would show it to everybody.
 *
 * @throws ConfigError that names the variable, and never the token
 */
export function withControlToken(config: Config, env: NodeJS.ProcessEnv): Config {
  const token = controlTokenOf(env);
  return token === null || config.control === null ? config : { ...config, control: { ...config.control, token } };
}

/** The token that the environment gives; null when it has none. @throws ConfigError */
export function controlTokenOf(env: NodeJS.ProcessEnv, readFile: (path: string) => string = readText): string | null {
  const { [VARIABLE]: text, [FILE_VARIABLE]: file } = env;
  if (text && file) throw new ConfigError(`${VARIABLE} and ${FILE_VARIABLE} must not both be given`);
  if (text) return checked(text, VARIABLE);
  return file ? checked(firstLine(file, readFile), `${FILE_VARIABLE}: the first line of ${file}`) : null;
}

function firstLine(file: string, readFile: (path: string) => string): string {
  try {
    return readFile(file).split('\n', 1)[0]?.trim() ?? '';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${FILE_VARIABLE}: ${file} cannot be read (${code})`, { cause: error });
  }
}

function checked(text: string, name: string): string {
  const { data, error } = secret().safeParse(text);
  if (error) throw new ConfigError(error.issues.map(({ message }) => `${name} ${message}`));
  return data;
}
