import { ConfigError, RabbitSnareError } from '../errors.js';
import { oneLine } from '../text/one-line.js';
import { plainFlags } from './plain-flags.js';
import { isToxiproxyCommandLine } from './toxiproxy-flags.js';
import { UsageError } from './usage-error.js';

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
    if (isToxiproxyCommandLine(args)) {
      const { toxiproxy } = await import('./toxiproxy.js');
      await toxiproxy(args[0] === 'toxiproxy' ? args.slice(1) : args, process.env);
    } else if (!(await isPlainRun(args))) {
      await (await import('./commands.js')).commands(args).parseAsync();
    }
    return process.exitCode === undefined ? DONE : Number(process.exitCode);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof ConfigError || error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

/** Runs the default command if its flags can be read without yargs. @returns whether they could */
async function isPlainRun([first, ...rest]: readonly string[]): Promise<boolean> {
  if (first !== undefined && first !== 'run' && !first.startsWith('--')) return false;
  const { runFlags } = await import('./run-flags.js');
  const args = first === undefined || first === 'run' ? rest : [first, ...rest];
  const flags = plainFlags(args, new Set(Object.keys(runFlags)));
  if (flags === undefined) return false;
  const { run } = await import('./run.js');
  await run(flags);
  return true;
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
