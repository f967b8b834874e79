import { didYouMean, nearest, suggestion } from '../text/nearest.js';
import { notOneOf } from '../text/not-one-of.js';
import { quote } from '../text/quote.js';
import type { CommandNode, NamedFlag } from './command-tree.js';
import { UsageError } from './usage-error.js';

/**
 * Finds what is wrong with a command line that yargs has rejected.
 *
 * @param program with all its commands
 * @param otherwise yargs' message, for a mistake that is not found here
 */
export function mistakeIn(args: readonly string[], program: CommandNode, otherwise: string): UsageError {
  const { command, rest } = commandOf(args, program);
  return new UsageError(mistakeAt(command, rest) ?? otherwise, command.path);
}

/** The command that is called, and the arguments without its words. */
function commandOf(args: readonly string[], program: CommandNode): { command: CommandNode; rest: readonly string[] } {
  const rest: string[] = [];
  let command = program;
  for (const [at, word] of args.entries()) {
    const before = args[at - 1] ?? '';
    const isValue = flagOf(command, before)?.takesValue === true && !before.includes('=');
    const child = isValue ? undefined : command.commands.find(({ name }) => name === word);
    if (child === undefined) rest.push(word);
    else command = child;
  }
  return { command, rest };
}

function mistakeAt(command: CommandNode, args: readonly string[]): string | undefined {
  const words: string[] = [];
  for (let at = 0; at < args.length && args[at] !== '--'; at++) {
    const word = args[at] as string;
    if (!/^--?[a-z]/i.test(word)) {
      words.push(word);
      continue;
    }
    const [name = ''] = word.split('=');
    const flag = flagOf(command, name);
    if (flag === undefined) {
      // Any letter is a third of a short name.
      const names = command.flags.flatMap((each) => each.names).filter((each) => each.length > 2);
      return `unknown flag ${quote(name)}${didYouMean(name, names)}`;
    }
    if (!flag.takesValue) continue;
    const value = name === word ? args[++at] : word.slice(name.length + 1);
    if (value === undefined || (name === word && /^--?[a-z]/i.test(value))) return `${name} must have a value`;
    const choices = flag.choices?.map(String);
    if (choices && !choices.includes(value)) return `${name} ${notOneOf(choices, value)}`;
  }
  return wrongWords(command, words);
}

function wrongWords({ path, commands, positionals }: CommandNode, words: readonly string[]): string | undefined {
  const [first] = words;
  if (commands.length > 0) {
    if (first === undefined) return undefined;
    const full = (name: string): string => `${path} ${name}`.trim();
    const meant = nearest(
      first,
      commands.map(({ name }) => name),
    );
    return `unknown command ${quote(full(first))}${suggestion(meant && full(meant))}`;
  }
  const missing = positionals.filter(({ isRequired }) => isRequired)[words.length];
  if (missing !== undefined) return `${path} needs <${missing.name}>`;
  const isOver = words.length > positionals.length && !positionals.some(({ isRepeatable }) => isRepeatable);
  if (isOver) return `unexpected argument ${quote(words[positionals.length])}`;
  for (const [at, { choices, name }] of positionals.entries()) {
    const word = words[at];
    if (word !== undefined && choices && !choices.includes(word))
      return `<${name}> ${notOneOf(choices.map(String), word)}`;
  }
  return undefined;
}

/** The flag with this name, which yargs also accepts in camel case, and a switch as `--no-name`. */
function flagOf({ flags }: CommandNode, given: string): NamedFlag | undefined {
  const [name = ''] = given.split('=');
  const dashed = name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return (
    flags.find(({ names }) => names.includes(name) || names.includes(dashed)) ??
    flags.find(({ names, takesValue }) => !takesValue && names.includes(name.replace(/^--no-/, '--')))
  );
}
