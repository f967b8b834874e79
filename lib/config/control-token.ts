import { ConfigError } from '../errors.js';
import { secret } from './kind.js';
import { readConfigText, readText } from './read-text.js';
import type { Config } from './schema.js';

const VARIABLE = 'RABBIT_SNARE_CONTROL_TOKEN';
const FILE_VARIABLE = `${VARIABLE}_FILE`;

type ReadFile = (path: string) => string;
type Settings = Pick<NonNullable<Config['control']>, 'token' | 'tokenFile'>;

/**
 * Returns the token that requests must send: `token`, or the first line of `tokenFile`, which is read now. Null for none.
 *
 * @throws ConfigError that names the file but does not quote the token
 */
export function readControlToken({ token, tokenFile }: Settings, readFile: ReadFile = readText): string | null {
  return tokenFile === null ? token : firstLine(tokenFile, 'control.tokenFile', readFile);
}

/** The token from environment variables, for commands without a config. @throws ConfigError as `readControlToken` does */
export function controlTokenOf(env: NodeJS.ProcessEnv, readFile: ReadFile = readText): string | null {
  const { [VARIABLE]: text, [FILE_VARIABLE]: file } = env;
  if (text && file) throw new ConfigError(`${VARIABLE} and ${FILE_VARIABLE} must not both be set`);
  if (text) return checked(text, VARIABLE);
  return file ? firstLine(file, FILE_VARIABLE, readFile) : null;
}

function firstLine(file: string, name: string, readFile: ReadFile): string {
  const line = readConfigText(file, readFile).split('\n', 1)[0]?.trim() ?? '';
  return checked(line, `${name}: the first line of ${file}`);
}

function checked(text: string, name: string): string {
  const { data, error } = secret().safeParse(text);
  if (error) throw new ConfigError(error.issues.map(({ message }) => `${name} ${message}`));
  return data;
}
