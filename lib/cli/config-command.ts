import type { Argv, CommandModule } from 'yargs';
import { flagOptions } from '../config/flags.js';
import { loadConfig } from '../config/load.js';
import { checkConfig, configSchema, showConfig } from './config.js';

/** `config show | check FILE | schema`. */
export const configCommand: CommandModule = {
  command: 'config',
  describe: 'Show, check or describe the config',
  builder: (command: Argv) =>
    command
      .command({
        command: 'show',
        describe: 'The effective config, with where each value came from',
        builder: (show) => show.options(flagOptions()),
        handler: (argv) => {
          process.stdout.write(showConfig(loadConfig({ argv, env: process.env })));
        },
      })
      .command({
        command: 'check <file>',
        describe: 'Validate a config file',
        builder: (check) => check.positional('file', { type: 'string', demandOption: true }),
        handler: ({ file }) => {
          process.stdout.write(checkConfig(file));
        },
      })
      .command({
        command: 'schema',
        describe: 'The JSON schema of a config file',
        handler: () => {
          process.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
        },
      })
      .demandCommand(1, 'config needs one of show, check, schema'),
  handler: () => {},
};
