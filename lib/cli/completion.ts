import type { Argv } from 'yargs';
import type { AnyCommand, CommandNode } from './command-tree.js';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { zshScript } from './completion/zsh.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `completion bash | zsh | fish`: prints a script with which the shell completes commands, flags and values. */
export function completionCommand(program: () => CommandNode): AnyCommand {
  return {
    command: 'completion <shell>',
    describe: 'Print the completion script of a shell',
    builder: (command: Argv) =>
      command
        .positional('shell', { type: 'string', demandOption: true, choices: Object.keys(SCRIPTS), describe: 'Shell' })
        .example('source <($0 completion bash)', 'bash and zsh: in this session')
        .example('$0 completion fish | source', 'fish: in this session'),
    handler: ({ shell }) => {
      process.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS](program()));
    },
  };
}
