import { CommandError } from '../support/command-error.js';
import { commandLine } from '../support/command-line.js';
import { isTarget, TARGETS, type TargetName } from './targets.js';

/** The parsed command line. */
export interface Arguments {
  /** In ms, for all targets together. */
  readonly time: number;
  readonly seed: number;
  readonly targets: readonly TargetName[];
  readonly first: number;
  /** The number of cases of each target; null: as many as fit into the time. */
  readonly cases: number | null;
  /** A file with a find. */
  readonly replay: string | undefined;
}

const NAMES = Object.keys(TARGETS) as TargetName[];

/** @returns undefined after printing the help @throws CommandError when the arguments are invalid */
export async function parseArguments(args: readonly string[]): Promise<Arguments | undefined> {
  const argv = await commandLine(
    args,
    'fuzz',
    '$0 --minutes N [--seed S]\n\nSends random and malformed input to rabbit-snare and checks what must always be true.',
  )
    .options({
      minutes: { type: 'string', requiresArg: true, description: 'How long to run, for all targets together' },
      seed: {
        type: 'string',
        requiresArg: true,
        description: 'Random seed of the cases. Default: a new one for each run',
      },
      targets: {
        type: 'string',
        requiresArg: true,
        default: NAMES.join(','),
        description: 'Targets, separated by commas',
      },
      cases: {
        type: 'string',
        requiresArg: true,
        description: 'Number of cases of each target, in place of --minutes',
      },
      first: { type: 'string', requiresArg: true, default: '0', description: 'Number of the first case' },
      replay: { type: 'string', requiresArg: true, description: 'File with a find: plays only its input' },
    })
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-numbers': false })
    .parseAsync();
  if ('help' in argv && argv['help']) return undefined;
  if ([argv.minutes, argv.cases, argv.replay].filter((given) => given !== undefined).length !== 1) {
    throw new CommandError('pass one of --minutes N, --cases N and --replay FILE');
  }
  return {
    time: argv.minutes === undefined ? Number.POSITIVE_INFINITY : minutes(argv.minutes) * 60_000,
    seed: argv.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber('--seed', argv.seed, 0),
    targets: argv.targets.split(',').map((name) => {
      if (!isTarget(name))
        throw new CommandError(`--targets: "${name}" is not a target; pass some of ${NAMES.join(', ')}`);
      return name;
    }),
    first: wholeNumber('--first', argv.first, 0),
    cases: argv.cases === undefined ? null : wholeNumber('--cases', argv.cases, 1),
    replay: argv.replay,
  };
}

function minutes(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number <= 0 || number > 10_000) {
    throw new CommandError(`--minutes must be a number above 0, such as 1 or 0.5, not "${text}"`);
  }
  return number;
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number >= 2 ** 32) {
    throw new CommandError(`${name} must be a whole number from ${least} to ${2 ** 32 - 1}, not "${text}"`);
  }
  return number;
}
