import { parseVersion } from '../../lib/amqp/version.js';
import { type Address, parseAddress } from '../../lib/text/address.js';
import { parseDuration } from '../../lib/text/duration.js';
import { CommandError } from '../support/command-error.js';
import { commandLine } from '../support/command-line.js';
import type { Reasons } from './compare.js';
import { FAMILIES, type FamilyName } from './families.js';

/** A broker from the command line. */
export interface Given extends Address {
  /** `3.8`, `4.0.5`. */
  readonly version: string;
  readonly logPath: string | undefined;
  /** Its TLS port. */
  readonly tls: Address | undefined;
  /** Process ID of its Erlang node. */
  readonly pid: number | undefined;
}

/** The parsed command line. */
export interface Arguments {
  readonly brokers: readonly Given[];
  readonly families: readonly FamilyName[];
  readonly scripts: number;
  /** Number of the first script. */
  readonly first: number;
  readonly seed: number;
  /** In ms. */
  readonly handshakeTimeout: number;
  readonly together: number;
  readonly reasons: Reasons;
  /** How the brokers close TCP. */
  readonly close: 'rst' | 'fin';
  readonly proxy: { readonly amqp10: 'auto' | 'on' | 'off' };
}

const FAMILY_NAMES = Object.keys(FAMILIES);
const EXAMPLE = '--versions 3.13=127.0.0.1:5672,4.0=broker.example:5672';

/** @returns undefined after printing the help @throws CommandError when the arguments are invalid */
export async function parseArguments(args: readonly string[]): Promise<Arguments | undefined> {
  const argv = await commandLine(
    args,
    'conformance',
    '$0 --versions VERSION=HOST:PORT[,...]\n\nPlays the same scripts against real brokers and against a proxy in front of each, and compares the results.',
  )
    .options({
      versions: {
        type: 'string',
        requiresArg: true,
        description: 'Brokers: VERSION=HOST:PORT, separated by commas. Their log level must be debug',
      },
      log: {
        type: 'string',
        array: true,
        default: [] as string[],
        description: 'VERSION=FILE: log file of a broker. Without it only the client’s view is compared',
      },
      families: {
        type: 'string',
        default: 'header',
        requiresArg: true,
        description: `Families of scripts, separated by commas: ${FAMILY_NAMES.join(', ')}`,
      },
      tls: {
        type: 'string',
        array: true,
        default: [] as string[],
        description: 'VERSION=HOST:PORT: TLS port of a broker, for the family tls',
      },
      pid: {
        type: 'string',
        array: true,
        default: [] as string[],
        description:
          'VERSION=PID: process ID of a broker’s Erlang node on this machine, for the family stuck, which stops it with SIGSTOP',
      },
      scripts: {
        type: 'string',
        default: '2000',
        requiresArg: true,
        description: 'Number of scripts to generate for each family',
      },
      first: {
        type: 'string',
        default: '0',
        requiresArg: true,
        description: 'Number of the first script. To replay one script, pass its number and --scripts 1',
      },
      seed: {
        type: 'string',
        requiresArg: true,
        description: 'Random seed of the scripts. Default: a new one for each run',
      },
      'handshake-timeout': {
        type: 'string',
        default: '10s',
        requiresArg: true,
        description: 'handshake_timeout of the brokers. With 1s a run takes a tenth of the time',
      },
      together: { type: 'string', default: '50', requiresArg: true, description: 'Scripts played at the same time' },
      reasons: {
        choices: ['header', 'all'] as const,
        default: 'all' as const,
        description: 'Which scripts to play and compare: only those that the header decides, or all',
      },
      close: {
        choices: ['rst', 'fin'] as const,
        default: 'rst' as const,
        description: 'How the brokers close TCP. Those with changed tcp_listen_options often send FIN',
      },
      amqp10: {
        choices: ['auto', 'on', 'off'] as const,
        default: 'auto' as const,
        description: 'Whether brokers of 3.x have the AMQP 1.0 plugin',
      },
    })
    .parserConfiguration({ 'duplicate-arguments-array': true, 'parse-numbers': false })
    .parseAsync();
  if ('help' in argv && argv['help']) return undefined;
  const brokers = readBrokers(argv.versions, {
    logs: readByVersion('--log', argv.log, 'FILE, for example 4.0=/var/log/rabbitmq/rabbit.log'),
    tls: readByVersion('--tls', argv.tls, 'HOST:PORT, for example 4.0=127.0.0.1:5671'),
    pids: readByVersion('--pid', argv.pid, 'PID, for example 4.0=1234'),
  });
  return {
    brokers,
    families: readFamilies(argv.families),
    scripts: wholeNumber('--scripts', argv.scripts, 0),
    first: wholeNumber('--first', argv.first, 0),
    seed: argv.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber('--seed', argv.seed, 0),
    handshakeTimeout: read('--handshake-timeout', () => parseDuration(argv['handshake-timeout'])),
    together: wholeNumber('--together', argv.together, 1),
    reasons: argv.reasons,
    close: argv.close,
    proxy: { amqp10: argv.amqp10 },
  };
}

function readFamilies(text: string): readonly FamilyName[] {
  return text.split(',').map((name) => {
    if (!isFamily(name))
      throw new CommandError(`--families: "${name}" is not a family; pass some of ${FAMILY_NAMES.join(', ')}`);
    return name;
  });
}

const isFamily = (name: string): name is FamilyName => Object.hasOwn(FAMILIES, name);

type ByVersion = ReadonlyMap<string, string>;

function readBrokers(
  text: string | undefined,
  { logs, tls, pids }: { readonly logs: ByVersion; readonly tls: ByVersion; readonly pids: ByVersion },
): readonly Given[] {
  if (text === undefined) throw new CommandError(`--versions is missing; pass the brokers, for example ${EXAMPLE}`);
  const brokers = text.split(',').map((part): Given => {
    const [, version = '', address] = /^([^=]*)(?:=(.*))?$/.exec(part) ?? [];
    if (!parseVersion(version)) {
      throw new CommandError(
        `--versions: "${version}" is not a RabbitMQ version; pass VERSION=HOST:PORT, for example ${EXAMPLE}`,
      );
    }
    if (!address) {
      throw new CommandError(
        `--versions: the address of broker ${version} is missing; pass ${version}=HOST:PORT, for example ${version}=127.0.0.1:5672. For a fast run, set handshake_timeout = 1000 in the broker and pass --handshake-timeout 1s.`,
      );
    }
    const [secured, pid] = [tls.get(version), pids.get(version)];
    return {
      version,
      logPath: logs.get(version),
      tls: secured === undefined ? undefined : read(`--tls: ${version}`, () => parseAddress(secured, 1)),
      pid: pid === undefined ? undefined : wholeNumber('--pid', pid, 1),
      ...read(`--versions: ${version}`, () => parseAddress(address, 1)),
    };
  });
  const names = brokers.map(({ version }) => version);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new CommandError(
      `--versions: ${twice} is listed twice; to compare two brokers of one series, pass for example 4.0.5 and 4.0`,
    );
  for (const [flag, values] of Object.entries({ '--log': logs, '--tls': tls, '--pid': pids })) {
    const unused = [...values.keys()].find((version) => !names.includes(version));
    if (unused !== undefined)
      throw new CommandError(`${flag}: ${unused} is not among the --versions ${names.join(', ')}`);
  }
  return brokers;
}

/** @param form of the value, with an example, for the error */
function readByVersion(flag: string, texts: readonly string[], form: string): ByVersion {
  return new Map(
    texts.map((text) => {
      const [, version, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (version === undefined || value === undefined)
        throw new CommandError(`${flag} must be VERSION=${form}, not "${text}"`);
      return [version, value];
    }),
  );
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number >= 2 ** 32) {
    throw new CommandError(`${name} must be a whole number from ${least} to ${2 ** 32 - 1}, not "${text}"`);
  }
  return number;
}

function read<Value>(name: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(`${name} ${(error as Error).message}`);
  }
}
