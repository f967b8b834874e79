import { jsonSchema } from '../config/json-schema.js';
import type { Key } from '../config/keys.js';
import { layout } from '../config/layout.js';
import { type LoadedConfig, loadConfig } from '../config/load.js';
import { formatOrigin } from '../config/origin.js';

/** `config show`: the effective config as YAML, with the origin of each value as a comment behind it. */
export function showConfig({ config, origin }: LoadedConfig): string {
  const lines = layout(config);
  const width = Math.max(...lines.map(({ text }) => text.length));
  const shown = lines.map(({ text, key, path }) =>
    key === null ? text : `${masked(text, key).padEnd(width)}   # ${formatOrigin(origin(path))}`,
  );
  return `${shown.join('\n')}\n`;
}

/**
 * `config check FILE`: `config.yaml: ok, 2 proxies`. Flags and environment do not count.
 *
 * @throws ConfigError with a line for each problem
 */
export function checkConfig(file: string, readFile?: (path: string) => string): string {
  const sources = { argv: { config: file }, env: {} };
  const { config } = loadConfig(readFile === undefined ? sources : { ...sources, readFile });
  const count = config.proxies.length;
  return `${file}: ok, ${count} ${count === 1 ? 'proxy' : 'proxies'}\n`;
}

/** `config schema`: the JSON schema of a config file. */
export function configSchema(): object {
  return jsonSchema();
}

/** The line of a secret that is set, without it. */
const masked = (text: string, { notes }: Key): string =>
  notes.secret && !text.endsWith(': null') ? text.replace(/:.*/, ': "***"') : text;
