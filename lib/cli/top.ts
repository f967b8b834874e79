import type { CommandModule } from 'yargs';
import { controlFlags } from './control-options.js';
import type { TopArguments } from './run-top.js';

/** `top [URL]`: shows what happens on a running instance, drawn again and again; without a terminal, once. */
export const topCommand: CommandModule<object, TopArguments> = {
  command: 'top [address]',
  describe: 'Show rates, reasons, sources and faults, live',
  builder: (command) =>
    command
      .usage(
        '$0 top [address] [flags]\n\nShow rates, open connections, reasons, sources, faults and proxies, live. q quits, p pauses, s sorts the sources. If the output is not a terminal, print everything once and exit.',
      )
      .positional('address', { type: 'string', description: 'URL of the control API, as with --url' })
      .options({
        ...controlFlags,
        json: { type: 'boolean', default: false, description: 'Print everything once as JSON, and exit.' },
        interval: {
          type: 'string',
          requiresArg: true,
          default: '1s',
          description: 'Time between two updates, and without a terminal the time that rates are measured.',
        },
      }) as never,
  // Loaded only now, because widths of characters take long to load.
  handler: async (argv) => (await import('./run-top.js')).runTop(argv),
};
