import yargs from 'yargs';
import { flagOptions } from '../config/flags.js';
import { ConfigError, RabbitSnareError } from '../errors.js';
import { oneLine } from '../text/one-line.js';
import { version } from '../version.js';
import { classifyCommand } from './classify.js';
import { configCommand } from './config-command.js';
import { connectionsCommand } from './connections.js';
import { faultsCommand } from './faults.js';
import { probeCommand } from './probe.js';
import { run } from './run.js';
import { faultFlags } from './run-faults.js';
import { scenarioCommand } from './scenario.js';
import { toxiproxy } from './toxiproxy.js';
import { isToxiproxyCommandLine } from './toxiproxy-flags.js';
import { UsageError } from './usage-error.js';
import { watchCommand } from './watch.js';

/** The width of help text, in columns: where the output is not a terminal, and at most. */
const [WIDTH, WIDEST] = [80, 120] as const;

/** Exit codes: success, failure, wrong usage or configuration. */
const [DONE, FAILED, WRONG_USAGE] = [0, 1, 2] as const;

/**
 * Runs the command line until the command ends. Errors are printed to standard error.
 *
 * @param args without the name of the program
 * @returns the exit code
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    if (isToxiproxyCommandLine(args)) await toxiproxy(args[0] === 'toxiproxy' ? args.slice(1) : args, process.env);
    else await commands(args).parseAsync();
    return process.exitCode === undefined ? DONE : Number(process.exitCode);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof ConfigError || error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

function commands(args: readonly string[]) {
  const runFlags = { ...flagOptions(), ...faultFlags };
  // yargs formats the help of a command when it runs it, which takes 100 ms of CPU time with all flags of `run`.
  const unformatted = Object.fromEntries(
    Object.entries(runFlags).map(([name, flag]) => [name, { ...flag, hidden: true }]),
  );
  return yargs([...args])
    .scriptName('rabbit-snare')
    .usage('$0 [command] [flags]\n\nA TCP chaos proxy for RabbitMQ. COMMAND --help lists the flags of a command.')
    .command({
      command: 'run',
      describe: 'Start the proxy (the default command)',
      builder: (command, isHelp?: boolean) =>
        command
          .usage('$0 run [flags]\n\nStart the proxy. All flags are optional.')
          .options(isHelp ? runFlags : unformatted),
      handler: (argv) => run(argv),
    })
    .command({
      command: '$0',
      describe: false,
      // The help without a command is about the commands: the flags of `run` alone fill several screens.
      builder: (command, helpOrVersion?: boolean) => (helpOrVersion ? command : command.options(runFlags)),
      handler: (argv) => run(argv),
    })
    .command(probeCommand)
    .command(classifyCommand)
    .command(configCommand)
    .command(watchCommand)
    .command(connectionsCommand)
    .command(faultsCommand)
    .command(scenarioCommand)
    .command({
      command: 'toxiproxy',
      describe: "Start with the flags of Toxiproxy's server",
      // Those flags have a single dash, which yargs does not support: they are parsed before yargs runs.
      handler: () => {},
    })
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
    .help()
    .alias('help', 'h')
    .wrap(Math.min(WIDEST, process.stdout.columns ?? WIDTH))
    .exitProcess(false)
    .fail((message, error?: Error) => {
      // When yargs rejects the arguments, `error` is a YError or undefined.
      if (error === undefined || error.name === 'YError') throw new UsageError(error?.message ?? message);
      throw error;
    });
}

/** Formats an error for a person: one line per problem. Only an unexpected error, a bug in rabbit-snare, has its stack. */
function messageOf(error: unknown): string {
  if (error instanceof RabbitSnareError) {
    return error.message
      .split('\n')
      .map((line) => `rabbit-snare: ${oneLine(line)}`)
      .join('\n');
  }
  return `rabbit-snare: ${error instanceof Error ? error.stack : String(error)}`;
}
