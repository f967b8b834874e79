import { jsonSchema } from '../config/json-schema.js';
import type { Key } from '../config/keys.js';
import { layout } from '../config/layout.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { formatOrigin } from '../config/origin.js';

/** `config show`: the effective configuration as YAML. A comment after each value gives its origin. */
export function showConfig({ config, origin }: LoadedConfig): string {
  const lines = layout(config);
  const width = Math.max(...lines.map(({ text }) => text.length));
  const shown = lines.map(({ text, key, path }) =>
    key === null ? text : `${masked(text, key).padEnd(width)}   # ${formatOrigin(origin(path))}`,
  );
  return `${shown.join('\n')}\n`;
}

/**
 * `config check FILE`: validates the file alone, without flags and environment, and returns `config.yaml: ok, 2 proxies`.
 *
 * @throws ConfigError with one line per problem
 */
export function checkConfig(file: string, readFile?: (path: string) => string): string {
  const sources = { argv: { config: file }, env: {} };
  const { config } = loadConfig(readFile === undefined ? sources : { ...sources, readFile });
  const count = config.proxies.length;
  return `${file}: ok, ${count} ${count === 1 ? 'proxy' : 'proxies'}\n`;
}

/** `config schema`: the JSON schema of a configuration file. */
export function configSchema(): object {
  return jsonSchema();
}

/** The line, without its value if that is a secret. */
const masked = (text: string, { notes }: Key): string =>
  notes.secret && !text.endsWith(': null') ? text.replace(/:.*/, ': "***"') : text;
