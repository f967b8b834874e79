import type { CommandModule } from 'yargs';
import { OLDEST } from '../amqp/dialect.js';
import { isSince, parseVersion } from '../amqp/version.js';
import { compare, formatComparison } from '../probe/compare.js';
import type { Target } from '../probe/dial.js';
import { identify } from '../probe/identify.js';
import { formatIdentity } from '../probe/identity-text.js';
import type { ProbeResult } from '../probe/play.js';
import { probe } from '../probe/probe.js';
import { formatTable } from '../probe/table.js';
import { parseAddress } from '../text/address.js';
import { parseDuration } from '../text/duration.js';
import { oneLineJson } from '../text/one-line.js';
import { print } from './print.js';
import { progress } from './progress-line.js';
import { UsageError } from './usage-error.js';

type Arguments = {
  target: string;
  json: boolean;
  only: string | undefined;
  'handshake-timeout': string;
  expect: string | undefined;
  amqp10: string | undefined;
  close: string | undefined;
  identify: boolean | undefined;
};

/** Exit code if the target is not what was expected. */
const DIFFERENT = 1;

/** `probe HOST:PORT`: plays test clients to a server, and shows, compares or identifies its behavior. */
export const probeCommand: CommandModule<object, Arguments> = {
  command: 'probe <target>',
  describe: 'Test a server with good and bad clients',
  builder: (command) =>
    command
      .positional('target', { type: 'string', demandOption: true, description: 'HOST:PORT' })
      .options({
        json: { type: 'boolean', default: false, description: 'Print JSON.' },
        only: {
          type: 'string',
          requiresArg: true,
          syntax: 'CASE',
          description: 'Cases to play, separated by commas. By default, all of them.',
        },
        'handshake-timeout': {
          type: 'string',
          default: '10s',
          requiresArg: true,
          description: 'Handshake timeout of the target. (DURATION)',
        },
        expect: {
          type: 'string',
          requiresArg: true,
          syntax: 'VERSION',
          description:
            'Compare each case with this RabbitMQ version. The exit code is 1 if any case differs. (VERSION)',
        },
        amqp10: {
          type: 'string',
          choices: ['on', 'off'],
          requiresArg: true,
          description: 'With --expect 3.x: whether the AMQP 1.0 plugin is expected. [default: off]',
        },
        close: {
          type: 'string',
          choices: ['rst', 'fin'],
          requiresArg: true,
          description: 'With --expect: how the target closes TCP. fin is for a broker without linger. [default: rst]',
        },
        identify: {
          type: 'boolean',
          description:
            'Identify the RabbitMQ version of the target by how it refuses clients. The exit code is 1 if it is not RabbitMQ.',
        },
      })
      .conflicts('identify', ['expect', 'only', 'amqp10', 'close'])
      .example('$0 probe localhost:5672 --expect 3.10', 'Compare with RabbitMQ 3.10')
      .example('$0 probe localhost:5672 --identify', 'Identify the version'),
  handler: async (argv) => {
    const target = read('the target', () => parseAddress(argv.target));
    if (argv.identify) await sayWhatItIs(target, argv);
    else if (argv.expect === undefined) await showResults(target, argv);
    else await sayWhatDiffers(target, argv.expect, argv);
  },
};

async function showResults(target: Target, argv: Arguments): Promise<void> {
  for (const flag of ['amqp10', 'close'] as const) {
    if (argv[flag] !== undefined) throw new UsageError(`--${flag} needs --expect`);
  }
  const results = await playCases(target, argv);
  print(argv.json ? oneLineJson(results) : formatTable(results));
}

async function sayWhatDiffers(target: Target, dialect: string, argv: Arguments): Promise<void> {
  const version = parseVersion(dialect);
  if (!version || !isSince(version, OLDEST)) {
    throw new UsageError(`--expect must be a RabbitMQ version from 3.6 on, such as 3.10 or 4.1, not "${dialect}"`);
  }
  const server = {
    dialect,
    // yargs has validated the choices.
    amqp10: (argv.amqp10 ?? 'off') as 'on' | 'off',
    close: (argv.close ?? 'rst') as 'rst' | 'fin',
    handshakeTimeout: timeoutOf(argv),
  };
  const compared = compare(await playCases(target, argv), server);
  print(argv.json ? oneLineJson(compared) : formatComparison(compared, server));
  if (compared.some(({ same }) => !same)) process.exitCode = DIFFERENT;
}

async function sayWhatItIs(target: Target, { json }: Arguments): Promise<void> {
  const identity = await identify({ ...target, played }).finally(() => progress.clear());
  print(json ? oneLineJson(identity) : formatIdentity(identity));
  if (!identity.rabbitmq) process.exitCode = DIFFERENT;
}

async function playCases(target: Target, argv: Arguments): Promise<ProbeResult[]> {
  const { only } = argv;
  try {
    return await probe({
      ...target,
      expectedTimeout: timeoutOf(argv),
      played,
      ...(only === undefined ? {} : { only: only.split(',') }),
    });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--only: ${error.message}`) : error;
  } finally {
    progress.clear();
  }
}

const played = (count: number, of: number): void => progress.show(`${count} of ${of} cases played`);

const timeoutOf = (argv: Arguments): number =>
  read('--handshake-timeout', () => parseDuration(argv['handshake-timeout']));

/** Parses a value from the command line. The error names the argument. */
function read<Value>(name: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${name} ${(error as Error).message}`);
  }
}
