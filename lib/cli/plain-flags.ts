/**
 * Reads flags that are all written `--name value` or `--name=value`, each once, as yargs would. Anything else is left to yargs,
 * which takes a hundred times as long to load: help, errors, other spellings, lists, and values that yargs treats specially.
 *
 * @param names of the flags that there are
 * @returns undefined if yargs must parse them
 */
export function plainFlags(args: readonly string[], names: ReadonlySet<string>): Record<string, string> | undefined {
  const flags: Record<string, string> = {};
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', , inline] = /^--([a-z0-9-]+)(=(.*))?$/s.exec(word) ?? [];
    const value = inline ?? rest.shift() ?? '';
    // yargs takes a dash for another flag, removes quotes, and an empty value may be a missing one.
    if (!names.has(name) || name in flags || /^(["'-]|$)/.test(value)) return undefined;
    flags[name] = value;
  }
  return flags;
}
