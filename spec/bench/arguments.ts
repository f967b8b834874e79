import { CommandError } from '../support/command-error.js';
import { commandLine } from '../support/command-line.js';
import { BROKER_PARTS, type BrokerPart, PARTS, type Part } from './parts.js';

/** The parsed command line. */
export interface Arguments {
  readonly isBroker: boolean;
  /** Of the two modes, only the parts of the selected one count. */
  readonly parts: readonly Part[];
  readonly brokerParts: readonly BrokerPart[];
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Folder of a built checkout, or a git revision. */
  readonly compare: string | undefined;
  /** Names of proxies, in lower case; undefined: all that are installed. */
  readonly proxies: readonly string[] | undefined;
  /** The Node.js that runs the proxies. */
  readonly node: string;
  /** Idle connections. */
  readonly idle: number;
  /** Refusals in the container. */
  readonly refusals: number;
  readonly format: 'text' | 'json' | 'markdown';
}

/** The names for `--proxies`. */
export const PROXY_NAMES = ['rabbit-snare', 'base', 'haproxy', 'nginx', 'toxiproxy', 'relay'] as const;

/** @returns undefined after printing the help @throws CommandError when the arguments are invalid */
export async function parseArguments(args: readonly string[]): Promise<Arguments | undefined> {
  const argv = await commandLine(
    args,
    'bench',
    '$0 [flags]\n\nMeasures rabbit-snare beside other proxies, in turn, in one run. docs/performance.md explains the figures.',
  )
    .options({
      only: {
        type: 'string',
        requiresArg: true,
        description: `What to measure, separated by commas. Default: all of ${PARTS.join(', ')}; with --broker: all of ${BROKER_PARTS.join(', ')}`,
      },
      rounds: {
        type: 'string',
        requiresArg: true,
        default: '5',
        description: 'Number of rounds, after one to warm up',
      },
      seconds: { type: 'string', requiresArg: true, default: '2', description: 'Duration of each measurement' },
      compare: {
        type: 'string',
        requiresArg: true,
        description: 'Folder of another checkout that is built, or a git revision, to compare with',
      },
      broker: { type: 'boolean', default: false, description: 'Measure in front of a real RabbitMQ, which is started' },
      proxies: {
        type: 'string',
        requiresArg: true,
        description: `Proxies, separated by commas: ${PROXY_NAMES.join(', ')}. Default: all that are installed (TOXIPROXY is the path of Toxiproxy’s server)`,
      },
      node: {
        type: 'string',
        requiresArg: true,
        default: process.execPath,
        description: 'Path of the Node.js that runs rabbit-snare and the relay',
      },
      idle: { type: 'string', requiresArg: true, default: '5000', description: 'Number of idle connections' },
      refusals: {
        type: 'string',
        requiresArg: true,
        default: '200000',
        description: 'Number of refusals in the container',
      },
      json: { type: 'boolean', default: false, description: 'Print every value as JSON' },
      markdown: { type: 'boolean', default: false, description: 'Print the tables for docs/performance.md' },
    })
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-numbers': false })
    .parseAsync();
  if ('help' in argv && argv['help']) return undefined;
  if (argv.json && argv.markdown) throw new CommandError('pass --json or --markdown, not both');
  return {
    isBroker: argv.broker,
    parts: argv.broker ? [] : list('--only', argv.only, PARTS),
    brokerParts: argv.broker ? list('--only', argv.only, BROKER_PARTS) : [],
    rounds: wholeNumber('--rounds', argv.rounds),
    seconds: seconds(argv.seconds),
    compare: argv.compare,
    proxies: argv.proxies === undefined ? undefined : list('--proxies', argv.proxies, PROXY_NAMES),
    node: argv.node,
    idle: wholeNumber('--idle', argv.idle),
    refusals: wholeNumber('--refusals', argv.refusals),
    format: argv.json ? 'json' : argv.markdown ? 'markdown' : 'text',
  };
}

/** In the order of `known`. */
function list<Name extends string>(flag: string, text: string | undefined, known: readonly Name[]): readonly Name[] {
  if (text === undefined) return known;
  const names = text.split(',');
  const unknown = names.find((name) => !known.includes(name as Name));
  if (unknown !== undefined) {
    throw new CommandError(`${flag}: "${unknown}" is unknown; pass some of ${known.join(', ')}`);
  }
  return known.filter((name) => names.includes(name));
}

function seconds(text: string): number {
  const number = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || number < 0.1 || number > 60) {
    throw new CommandError(`--seconds must be a number from 0.1 to 60, not "${text}"`);
  }
  return number;
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000_000) {
    throw new CommandError(`${flag} must be a whole number from 1 to 10000000, not "${text}"`);
  }
  return number;
}
