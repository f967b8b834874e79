import yargs from 'yargs';
import { CommandError } from './command-error.js';

/**
 * The parser of a command of this repository. It prints the help and the errors of all of them in the same way.
 *
 * @param script the npm script
 * @param usage how it is called and what it does
 */
export function commandLine(args: readonly string[], script: string, usage: string) {
  return yargs([...args])
    .scriptName(`npm run ${script} --`)
    .usage(usage)
    .strict()
    .version(false)
    .exitProcess(false)
    .fail((message, error?: Error) => {
      throw new CommandError(message || (error?.message ?? 'invalid arguments'));
    });
}
