import { existsSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { explainPasted } from '../broker-log/explain-pasted.js';
import { LogSummarizer, type LogSummary } from '../broker-log/log-summary.js';
import { oneLineJson } from '../text/one-line.js';
import { quote } from '../text/quote.js';
import { explainedText } from './explained-text.js';
import { print } from './print.js';
import { progress } from './progress-line.js';
import { readLog } from './read-log.js';
import { ReadProgress } from './read-progress.js';
import { summaryText } from './summary-text.js';
import { UsageError } from './usage-error.js';

type Arguments = {
  /** A string, true for a lone dash, or undefined. */
  readonly entry: unknown;
  readonly file: readonly string[] | undefined;
  readonly top: string;
  readonly json: boolean;
};

/** Exit code if nothing could be explained, or a file was not complete. */
const INCOMPLETE = 1;
/** Maximum for `--top`. */
const MOST_ROWS = 10_000;
/** Columns of the output where it is not a terminal. */
const WIDTH = 120;

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
    if (entry === undefined) await summarize(file, rows, json);
    else if (entry === true) await summarize(['-'], rows, json);
    else explain(String(entry), json);
  },
};

function explain(entry: string, json: boolean): void {
  if (existsSync(entry))
    throw new UsageError(`${quote(entry)} is a file: to summarize it, use rabbit-snare explain --file ${entry}`);
  const explained = explainPasted(entry, Date.now());
  print(json ? oneLineJson(explained) : explainedText(explained));
  if (explained.every(({ explanation }) => explanation === null)) process.exitCode = INCOMPLETE;
}

async function summarize(files: readonly string[], top: number, json: boolean): Promise<void> {
  const log = new LogSummarizer(Date.now());
  const read = new ReadProgress(files);
  for (const file of files) {
    const { isCut } = await readLog(
      file,
      (chunk) => log.push(chunk),
      (bytes) => read.show(bytes),
    ).finally(() => progress.clear());
    if (isCut) {
      process.stderr.write(`rabbit-snare: ${quote(file)} is cut off: its gzip data ends too early\n`);
      process.exitCode = INCOMPLETE;
    }
    log.end();
    read.next();
  }
  const summary: LogSummary = log.result(top);
  print(json ? oneLineJson(summary) : summaryText(summary, process.stdout.columns ?? WIDTH));
  if (summary.entries === 0) process.exitCode = INCOMPLETE;
}
