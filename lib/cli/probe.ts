import type { CommandModule } from 'yargs';
import { isSince, parseVersion, type Version } from '../amqp/version.js';
import { compare, formatComparison } from '../probe/compare.js';
import type { Target } from '../probe/dial.js';
import { identify } from '../probe/identify.js';
import { formatIdentity } from '../probe/identity-text.js';
import type { ProbeResult } from '../probe/play.js';
import { probe } from '../probe/probe.js';
import { formatTable } from '../probe/table.js';
import { parseAddress } from '../text/address.js';
import { parseDuration } from '../text/duration.js';
import { print } from './print.js';
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

/** The oldest version that can be expected. */
const OLDEST: Version = [3, 6, 0];

/** The target is not what was expected. */
const DIFFERENT = 1;

/** `probe HOST:PORT`: what a broker or a proxy does in the specification's cases, and whether that is RabbitMQ's way. */
export const probeCommand: CommandModule<object, Arguments> = {
  command: 'probe <target>',
  describe: "Act as the client: play the specification's cases against a broker or a proxy",
  builder: (command) =>
    command
      .positional('target', { type: 'string', demandOption: true, description: 'HOST:PORT' })
      .options({
        json: { type: 'boolean', default: false, description: 'Print the results as JSON' },
        only: { type: 'string', requiresArg: true, description: 'Names of cases to play, with commas between them' },
        'handshake-timeout': {
          type: 'string',
          default: '10s',
          requiresArg: true,
          description: 'The handshake timeout that the target has',
        },
        expect: {
          type: 'string',
          requiresArg: true,
          description: 'A RabbitMQ version: say for each case whether the target does as that one; exit 1 if not',
        },
        amqp10: {
          type: 'string',
          choices: ['on', 'off'],
          requiresArg: true,
          description: 'With --expect 3.x: whether the AMQP 1.0 plugin is expected [default: off]',
        },
        close: {
          type: 'string',
          choices: ['rst', 'fin'],
          requiresArg: true,
          description: 'With --expect: how TCP is expected to end; fin for a broker without linger [default: rst]',
        },
        identify: {
          type: 'boolean',
          description: 'Say which generation of RabbitMQ the target is, from its refusals alone; exit 1 if it is none',
        },
      })
      .conflicts('identify', ['expect', 'only', 'amqp10', 'close'])
      .example('$0 probe localhost:5672 --expect 3.10', 'whether a server does as RabbitMQ 3.10')
      .example('$0 probe localhost:5672 --identify', 'which RabbitMQ a server is'),
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
  print(argv.json ? JSON.stringify(results) : formatTable(results));
}

async function sayWhatDiffers(target: Target, dialect: string, argv: Arguments): Promise<void> {
  const version = parseVersion(dialect);
  if (!version || !isSince(version, OLDEST)) {
    throw new UsageError(`--expect must be a RabbitMQ version from 3.6 on, such as 3.10 or 4.1, not "${dialect}"`);
  }
  const server = {
    dialect,
    // yargs has looked at the choices.
    amqp10: (argv.amqp10 ?? 'off') as 'on' | 'off',
    close: (argv.close ?? 'rst') as 'rst' | 'fin',
    handshakeTimeout: timeoutOf(argv),
  };
  const compared = compare(await playCases(target, argv), server);
  print(argv.json ? JSON.stringify(compared) : formatComparison(compared, server));
  if (compared.some(({ same }) => !same)) process.exitCode = DIFFERENT;
}

async function sayWhatItIs(target: Target, { json }: Arguments): Promise<void> {
  const identity = await identify(target);
  print(json ? JSON.stringify(identity) : formatIdentity(identity));
  if (!identity.rabbitmq) process.exitCode = DIFFERENT;
}

async function playCases(target: Target, argv: Arguments): Promise<ProbeResult[]> {
  const { only } = argv;
  try {
    return await probe({
      ...target,
      expectedTimeout: timeoutOf(argv),
      ...(only === undefined ? {} : { only: only.split(',') }),
    });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--only: ${error.message}`) : error;
  }
}

const timeoutOf = (argv: Arguments): number =>
  read('--handshake-timeout', () => parseDuration(argv['handshake-timeout']));

/** Reads a value that the command line gave; the error names it. */
function read<Value>(name: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${name} ${(error as Error).message}`);
  }
}
