import type { CommandModule } from 'yargs';
import { quote } from '../text/quote.js';
import { UsageError } from './usage-error.js';

type Arguments = {
  /** A string, true for a lone dash, or undefined. */
  readonly entry: unknown;
  readonly file: readonly string[] | undefined;
  readonly top: string;
  readonly json: boolean;
};

/** Maximum for `--top`. */
const MOST_ROWS = 10_000;

/** `explain ENTRY | --file FILE... | -`: explains entries of a broker's log, or summarizes a log by source and reason. */
export const explainCommand: CommandModule<object, Arguments> = {
  command: 'explain [entry]',
  describe: "Explain entries of RabbitMQ's log",
  builder: (command) =>
    command
      .positional('entry', {
        // No type: yargs parses a lone dash as '' if the type is string, and as true if there is none.
        description:
          "Entry of RabbitMQ's log, in quotes, with or without its second line. - summarizes a log from standard input.",
      })
      .options({
        file: {
          type: 'string',
          array: true,
          requiresArg: true,
          syntax: 'FILE',
          description: 'Log files to summarize, plain or gzip. (FILE...)',
        },
        top: {
          type: 'string',
          default: '20',
          requiresArg: true,
          description: 'How many rows the summary of a log has. (NUMBER)',
        },
        json: { type: 'boolean', default: false, description: 'Print JSON.' },
      })
      .example("$0 explain '{handshake_timeout,handshake}'", 'Explain one reason')
      .example('$0 explain --file /var/log/rabbitmq/*.log*', 'Summarize logs')
      .example('docker logs rabbitmq 2>&1 | $0 explain -', '') as never,
  handler: async ({ entry, file = [], top, json }) => {
    const rows = Number(top);
    if (!/^\d+$/.test(top) || rows < 1 || rows > MOST_ROWS)
      throw new UsageError(`--top must be a whole number from 1 to ${MOST_ROWS}, not ${quote(top)}`);
    if ((entry === undefined) === (file.length === 0))
      throw new UsageError("give an entry of RabbitMQ's log in quotes, --file FILE, or - for standard input");
    // The explanations are many files: they are loaded only when they are needed.
    const { explain, summarize } = await import('./explain-log.js');
    if (entry === undefined) await summarize(file, rows, json);
    else if (entry === true) await summarize(['-'], rows, json);
    else explain(String(entry), json);
  },
};
