import type { Options } from 'yargs';
import { variableOf } from './given.js';
import { keys } from './keys.js';

/**
 * The flags of the config, for yargs. All are text, so that `3.10` stays `3.10`; the defaults are only described, so
 * that a flag that was not given hides neither environment nor file.
 */
export function flagOptions(): Record<string, Options> {
  const options: Record<string, Options> = {
    config: { ...text, description: `Config file, YAML or JSON (FILE; or ${variableOf('config')})` },
  };
  for (const { notes, syntax } of keys) {
    if (notes.flag === null) continue;
    const defaultDescription = notes.default === null ? 'none' : String(notes.default);
    options[notes.flag] = { ...text, description: `${notes.description} (${syntax})`, defaultDescription };
  }
  return options;
}

const text = { type: 'string', requiresArg: true } as const;
