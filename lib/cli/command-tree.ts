import type { Argv, CommandModule } from 'yargs';
import type { Flag } from '../config/flags.js';

/**
 * A positional argument: `<target>` is required, `[hex]` is not, and `<fault..>` can be repeated. Its syntax is its name: the
 * value of `<file>` is a FILE.
 */
export type Positional = Flag & {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isRepeatable: boolean;
};

/** A flag, with its dashes: `--mode`. */
export type NamedFlag = Flag & { readonly names: readonly string[]; readonly takesValue: boolean };

/** A command, as it is defined for yargs. */
export type CommandNode = {
  /** `config show`; empty for the program itself, whose flags are those of the default command. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly positionals: readonly Positional[];
  readonly flags: readonly NamedFlag[];
  readonly commands: readonly CommandNode[];
};

// biome-ignore lint/suspicious/noExplicitAny: commands have different arguments.
export type AnyCommand = CommandModule<any, any>;

type BuildOrDescribe = (command: Argv, isHelp: boolean) => unknown;

/** What `.help()` and `.version()` add to each command. */
const COMMON: readonly NamedFlag[] = [
  { names: ['--help', '-h'], takesValue: false, description: 'Show help' },
  { names: ['--version'], takesValue: false, description: 'Show the version' },
];

/** Returns the program and all its commands, with the flags that their builders declare. */
export function commandTree(definitions: readonly AnyCommand[]): CommandNode {
  const read = definitions.map((each) => readCommand(each, ''));
  const standard = read.find(({ name }) => name === '$0');
  const flags = standard?.flags ?? COMMON;
  return {
    path: '',
    name: '',
    description: '',
    positionals: [],
    flags,
    commands: read.filter((each) => each !== standard),
  };
}

/** The program, its commands and their commands. */
export function everyCommand(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)];
}

function readCommand({ command, describe, builder }: AnyCommand, parent: string): CommandNode {
  const [name = '', ...declared] = String(command).split(' ');
  const path = `${parent} ${name}`.trim();
  const options = new Map<string, Flag>();
  const flags: NamedFlag[] = [];
  const commands: CommandNode[] = [];
  const recorder = {
    positional(key: string, option: Flag) {
      options.set(key, option);
      return recorder;
    },
    options(added: Readonly<Record<string, Flag>>) {
      flags.push(...Object.entries(added).map(namedFlag));
      return recorder;
    },
    command(child: AnyCommand) {
      commands.push(readCommand(child, path));
      return recorder;
    },
    usage: () => recorder,
    example: () => recorder,
    conflicts: () => recorder,
    demandCommand: () => recorder,
  };
  // As for help, because the flags of `run` have their texts only then. The default command has no flags in the help.
  if (typeof builder === 'function') (builder as BuildOrDescribe)(recorder as unknown as Argv, name !== '$0');
  const positionals = declared.map((word): Positional => {
    const [, key = ''] = /^[<[](\w+)/.exec(word) ?? [];
    const isRequired = word.startsWith('<');
    return { syntax: key.toUpperCase(), ...options.get(key), name: key, isRequired, isRepeatable: word.includes('..') };
  });
  return { path, name, description: describe || '', positionals, flags: [...flags, ...COMMON], commands };
}

function namedFlag([name, flag]: readonly [string, Flag]): NamedFlag {
  // yargs accepts `--no-` before every switch. It is offered where the help mentions it.
  const negated = flag.description?.includes(`--no-${name}`) ? [`--no-${name}`] : [];
  return { ...flag, names: [`--${name}`, ...negated], takesValue: flag.type !== 'boolean' };
}
