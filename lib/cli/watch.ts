import type { CommandModule } from 'yargs';
import { controlFlags } from './control-options.js';
import { filterFlags } from './report-filter.js';
import type { WatchArguments } from './run-watch.js';

/** `watch [URL]`: prints each connection of a running instance when it ends, and at the end how many ended for which reason. */
export const watchCommand: CommandModule<object, WatchArguments> = {
  command: 'watch [address]',
  describe: 'Print a line for each connection that ends',
  builder: (command) =>
    command
      .usage(
        '$0 watch [address] [flags]\n\nPrint a line for each connection that ends, and a summary at the end (Ctrl-C). With several flags, each must match; a flag that is repeated matches any of its values.',
      )
      .positional('address', { type: 'string', description: 'URL of the control API, as with --url' })
      .options({ ...controlFlags, ...filterFlags }) as never,
  // Loaded only now, because widths of characters take long to load.
  handler: async (argv) => (await import('./run-watch.js')).runWatch(argv),
};
