import { randomInt } from 'node:crypto';
import { CommandError } from '../support/command-error.js';
import { commandLine } from '../support/command-line.js';

/** The parsed command line. */
export interface Arguments {
  readonly minutes: number;
  readonly seed: number;
  /** Whether the table is printed in Markdown. */
  readonly markdown: boolean;
}

const MOST_SEEDS = 2 ** 32;
const MOST_MINUTES = 7 * 24 * 60;

/** @returns undefined after printing the help @throws CommandError when the arguments are invalid */
export async function parseArguments(args: readonly string[]): Promise<Arguments | undefined> {
  const argv = await commandLine(
    args,
    'soak',
    '$0 --minutes N\n\nRuns the built proxy in front of a real RabbitMQ of its own, with real clients, faults of every type, kills and restarts of the broker, reloads and API traffic. Ends with a table, and with exit code 1 if a promise was broken.',
  )
    .options({
      minutes: { type: 'string', requiresArg: true, description: 'How long the traffic lasts, such as 30 or 0.5' },
      seed: {
        type: 'string',
        requiresArg: true,
        description: 'Seed for messages, faults and pauses; random by default',
      },
      markdown: { type: 'boolean', default: false, description: 'Print the table in Markdown' },
    })
    .parserConfiguration({ 'parse-numbers': false })
    .parseAsync();
  if ('help' in argv && argv['help']) return undefined;
  const [extra] = argv._;
  if (extra !== undefined) throw new CommandError(`"${extra}" is not a flag; see --help`);
  const { minutes, seed, markdown } = argv;
  if (minutes === undefined) throw new CommandError('--minutes is missing; pass for example --minutes 30');
  return {
    minutes: minutesOf(minutes),
    seed: seed === undefined ? randomInt(MOST_SEEDS) : seedOf(seed),
    markdown,
  };
}

function minutesOf(text: string | readonly string[]): number {
  if (typeof text !== 'string') throw new CommandError('--minutes is given twice');
  const minutes = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || minutes <= 0 || minutes > MOST_MINUTES)
    throw new CommandError(`--minutes must be a number above 0, at most ${MOST_MINUTES}, not "${text}"`);
  return minutes;
}

function seedOf(text: string | readonly string[]): number {
  if (typeof text !== 'string') throw new CommandError('--seed is given twice');
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed >= MOST_SEEDS)
    throw new CommandError(`--seed must be a whole number from 0 to ${MOST_SEEDS - 1}, not "${text}"`);
  return seed;
}
