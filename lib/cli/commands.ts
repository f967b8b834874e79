import yargs, { type Argv } from 'yargs';
import { version } from '../version.js';
import { classifyCommand } from './classify.js';
import { type AnyCommand, commandTree } from './command-tree.js';
import { completionCommand } from './completion.js';
import { configCommand } from './config-command.js';
import { connectionsCommand } from './connections.js';
import { explainCommand } from './explain.js';
import { faultsCommand } from './faults.js';
import { healthChecksCommand } from './health-checks.js';
import { mistakeIn } from './mistake.js';
import { probeCommand } from './probe.js';
import { runFlags, unformatted } from './run-flags.js';
import { scenarioCommand } from './scenario.js';
import { topCommand } from './top.js';
import { TOXIPROXY_FLAGS } from './toxiproxy-flags.js';
import { watchCommand } from './watch.js';

/** The width of help text, in columns: where the output is not a terminal, and at most. */
const [WIDTH, WIDEST] = [80, 120] as const;

/** The proxy is loaded only when it is run. */
const run = async (argv: Readonly<Record<string, unknown>>) => (await import('./run.js')).run(argv);

/** The commands, for yargs, in the order of the help. */
export const COMMANDS: readonly AnyCommand[] = [
  {
    command: 'run',
    describe: 'Start the chaos proxy (the default command)',
    builder: (command: Argv, isHelp?: boolean) =>
      command
        .usage('$0 run [flags]\n\nStart the proxy. All flags are optional.')
        .options(isHelp ? runFlags : unformatted),
    handler: run,
  },
  {
    command: '$0',
    describe: false,
    // The help without a command is about the commands: the flags of `run` alone fill several screens.
    builder: (command: Argv, helpOrVersion?: boolean) => (helpOrVersion ? command : command.options(runFlags)),
    handler: run,
  },
  probeCommand,
  classifyCommand,
  explainCommand,
  configCommand,
  watchCommand,
  topCommand,
  connectionsCommand,
  healthChecksCommand,
  faultsCommand,
  scenarioCommand,
  {
    command: 'toxiproxy',
    describe: "Start with the flags of Toxiproxy's server",
    // Those flags may have a single dash, which yargs does not support: they are parsed before yargs runs.
    builder: (command: Argv) => command.options(TOXIPROXY_FLAGS),
    handler: () => {},
  },
  completionCommand(() => commandTree(COMMANDS)),
];

/** Parses a command line with yargs, and runs its command when its `parseAsync` is called. */
export function commands(args: readonly string[]) {
  return yargs([...args])
    .scriptName('rabbit-snare')
    .usage('$0 [command] [flags]. COMMAND --help lists the flags of a command.')
    .command([...COMMANDS])
    .example('$0 --listen 0.0.0.0:5673 --upstream broker.example:5672', '')
    .example("$0 --fault 'amqp_close at=open code=320 times=2'", '')
    .example('$0 probe localhost:5672 --identify', '')
    .strict()
    .parserConfiguration({
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .detectLocale(false)
    .version(version)
    .hide('version')
    .help()
    .describe('help', 'Show help. --version shows the version.')
    .alias('help', 'h')
    .wrap(Math.min(WIDEST, process.stdout.columns ?? WIDTH))
    .exitProcess(false)
    .fail((message, error?: Error) => {
      // When yargs rejects the arguments, `error` is a YError or undefined.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw mistakeIn(args, commandTree(COMMANDS), error?.message ?? message);
    });
}
