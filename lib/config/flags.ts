import type { Options } from 'yargs';
import { variableOf } from './given.js';
import { keys } from './keys.js';

/**
 * The flags of the config for yargs, in the groups that help shows them in. All values are text, so that `3.10` stays
 * `3.10`. Defaults are only described: a flag that is not given must not override environment or file.
 */
export function flagOptions(): Record<string, Options> {
  const options: Record<string, Options> = {
    config: { ...text, group: 'Config file:', description: `YAML or JSON (FILE; or ${variableOf('config')})` },
  };
  for (const { notes, syntax, group } of keys) {
    if (notes.flag === null) continue;
    const defaultDescription = notes.default === null ? 'none' : String(notes.default);
    const description = `${notes.description} (${syntax})`;
    options[notes.flag] = { ...text, group: `${group}:`, description, defaultDescription };
  }
  return options;
}

const text = { type: 'string', requiresArg: true } as const;
