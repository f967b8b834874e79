import yargs from 'yargs';
import { version } from '../version.js';
import { classifyCommand } from './classify.js';
import { configCommand } from './config-command.js';
import { connectionsCommand } from './connections.js';
import { explainCommand } from './explain.js';
import { faultsCommand } from './faults.js';
import { healthChecksCommand } from './health-checks.js';
import { probeCommand } from './probe.js';
import { runFlags, unformatted } from './run-flags.js';
import { scenarioCommand } from './scenario.js';
import { topCommand } from './top.js';
import { UsageError } from './usage-error.js';
import { watchCommand } from './watch.js';

/** The width of help text, in columns: where the output is not a terminal, and at most. */
const [WIDTH, WIDEST] = [80, 120] as const;

/** The commands, for yargs. The proxy is loaded only when it is run. */
export function commands(args: readonly string[]) {
  const run = async (argv: Readonly<Record<string, unknown>>) => (await import('./run.js')).run(argv);
  return yargs([...args])
    .scriptName('rabbit-snare')
    .usage('$0 [command] [flags]\nA TCP chaos proxy for RabbitMQ. COMMAND --help lists the flags of a command.')
    .command({
      command: 'run',
      describe: 'Start the proxy (the default command)',
      builder: (command, isHelp?: boolean) =>
        command
          .usage('$0 run [flags]\n\nStart the proxy. All flags are optional.')
          .options(isHelp ? runFlags : unformatted),
      handler: run,
    })
    .command({
      command: '$0',
      describe: false,
      // The help without a command is about the commands: the flags of `run` alone fill several screens.
      builder: (command, helpOrVersion?: boolean) => (helpOrVersion ? command : command.options(runFlags)),
      handler: run,
    })
    .command(probeCommand)
    .command(classifyCommand)
    .command(explainCommand)
    .command(configCommand)
    .command(watchCommand)
    .command(topCommand)
    .command(connectionsCommand)
    .command(healthChecksCommand)
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
