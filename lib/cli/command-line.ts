import yargs from 'yargs';
import { flagOptions } from '../config/flags.js';
import { ConfigError, RabbitSnareError } from '../errors.js';
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

/** Ended as asked, failed, wrong usage or config. */
const [DONE, FAILED, WRONG_USAGE] = [0, 1, 2] as const;

/**
 * Runs the command line to its end.
 *
 * @param args without the program's own name
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
  return yargs([...args])
    .scriptName('rabbit-snare')
    .usage(
      '$0 [command]\n\nA TCP proxy in front of RabbitMQ that classifies, forwards, refuses and reports as RabbitMQ itself would.',
    )
    .command({
      command: ['run', '$0'],
      describe: 'Start the proxies of the config',
      builder: (command) => command.options({ ...flagOptions(), ...faultFlags }),
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
      describe: "Start with the flags of Toxiproxy's server (-host, -port, -config, -seed), for its clients",
      // Its flags have one dash, which yargs does not take: it has them before.
      handler: () => {},
    })
    .strict()
    .parserConfiguration({
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .version(version)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error?: Error) => {
      // For what it does not understand yargs has an error of its own, or none.
      if (error === undefined || error.name === 'YError') throw new UsageError(error?.message ?? message);
      throw error;
    });
}

/** For people: no stack trace for what they can mend. Anything else is a defect of ours, and its trace helps. */
function messageOf(error: unknown): string {
  if (error instanceof RabbitSnareError) {
    return error.message
      .split('\n')
      .map((line) => `rabbit-snare: ${line}`)
      .join('\n');
  }
  return `rabbit-snare: ${error instanceof Error ? error.stack : String(error)}`;
}
