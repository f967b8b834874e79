import type { Argv, CommandModule } from 'yargs';
import { flagOptions } from '../config/flags.js';
import { loadConfig } from '../config/load.js';
import { checkConfig, configSchema, showConfig } from './config.js';

/** `config show | check FILE | schema`: shows the effective configuration, or validates or describes a file. */
export const configCommand: CommandModule = {
  command: 'config',
  describe: 'Show, check or describe the configuration',
  builder: (command: Argv) =>
    command
      .command({
        command: 'show',
        describe: 'Show the effective configuration and the source of each value',
        builder: (show) => show.options(flagOptions()),
        handler: (argv) => {
          process.stdout.write(showConfig(loadConfig({ argv, env: process.env })));
        },
      })
      .command({
        command: 'check <file>',
        describe: 'Validate a configuration file',
        builder: (check) => check.positional('file', { type: 'string', demandOption: true, describe: 'YAML or JSON' }),
        handler: ({ file }) => {
          process.stdout.write(checkConfig(file));
        },
      })
      .command({
        command: 'schema',
        describe: 'Print the JSON schema of a configuration file',
        handler: () => {
          process.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
        },
      })
      .demandCommand(1, 'config needs one of show, check, schema'),
  handler: () => {},
};
