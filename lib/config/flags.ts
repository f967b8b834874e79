import type { Options } from 'yargs';
import { variableOf } from './given.js';
import { keys } from './keys.js';

/** A flag of a command, for yargs. */
export type Flag = Options & {
  /** The values that it takes, as in its help text: words, and placeholders in capitals, such as `auto | VERSION`. */
  readonly syntax?: string;
};

/**
 * The flags of the config for yargs, in the groups that help shows them in. All values are text, so that `3.10` stays
 * `3.10`. Defaults are only described: a flag that is not given must not override environment or file.
 */
export function flagOptions(): Record<string, Flag> {
  const options: Record<string, Flag> = {
    config: {
      ...text,
      group: 'Config file:',
      syntax: 'FILE',
      description: `YAML or JSON (FILE; or ${variableOf('config')})`,
    },
  };
  for (const { notes, syntax, group } of keys) {
    if (notes.flag === null) continue;
    const defaultDescription = notes.default === null ? 'none' : String(notes.default);
    const description = `${notes.description} (${syntax})`;
    options[notes.flag] = { ...text, group: `${group}:`, syntax, description, defaultDescription };
  }
  return options;
}

const text = { type: 'string', requiresArg: true } as const;
