import yargs from 'yargs';
import { parseVersion } from '../../lib/amqp/version.js';
import { type Address, parseAddress } from '../../lib/text/address.js';
import { parseDuration } from '../../lib/text/duration.js';
import { CommandError } from './command-error.js';
import type { Reasons } from './compare.js';

/** A broker, as the command line names it. */
export interface Given extends Address {
  /** `3.8`, `4.0.5`. */
  readonly version: string;
  readonly logPath: string | undefined;
}

/** What the command line asks for. */
export interface Arguments {
  readonly brokers: readonly Given[];
  readonly scripts: number;
  readonly seed: number;
  /** In ms. */
  readonly handshakeTimeout: number;
  readonly together: number;
  readonly reasons: Reasons;
  /** How the brokers close. */
  readonly close: 'rst' | 'fin';
  readonly proxy: { readonly amqp10: 'auto' | 'on' | 'off' };
}

const EXAMPLE = '--versions 3.13=127.0.0.1:5672,4.0=broker.example:5672';

/** @throws CommandError when it cannot be understood; undefined when help was asked for, and given */
export async function parseArguments(args: readonly string[]): Promise<Arguments | undefined> {
  const argv = await yargs([...args])
    .scriptName('npm run conformance --')
    .usage(
      '$0 --versions VERSION=HOST:PORT[,...]\n\nPlays the same scripts to real brokers and to a proxy in front of each.',
    )
    .options({
      versions: {
        type: 'string',
        requiresArg: true,
        description: 'The brokers: VERSION=HOST:PORT, with commas between them. They must have log level debug',
      },
      log: {
        type: 'string',
        array: true,
        default: [] as string[],
        description: 'VERSION=FILE: the log of a broker; without it only what a client sees is compared',
      },
      scripts: { type: 'string', default: '2000', requiresArg: true, description: 'How many scripts are generated' },
      seed: {
        type: 'string',
        requiresArg: true,
        description: 'What they are generated from; by default another each time',
      },
      'handshake-timeout': {
        type: 'string',
        default: '10s',
        requiresArg: true,
        description: 'The handshake_timeout of the brokers; with 1s it takes a tenth of the time',
      },
      together: { type: 'string', default: '50', requiresArg: true, description: 'Scripts that are played at a time' },
      reasons: {
        choices: ['header', 'all'] as const,
        default: 'all' as const,
        description: 'Play and compare also what begins with a good header, or only what the header decides',
      },
      close: {
        choices: ['rst', 'fin'] as const,
        default: 'rst' as const,
        description: 'How the brokers close; those whose tcp_listen_options were changed often send FIN',
      },
      amqp10: {
        choices: ['auto', 'on', 'off'] as const,
        default: 'auto' as const,
        description: 'Whether brokers of 3.x have the AMQP 1.0 plugin',
      },
    })
    .parserConfiguration({ 'duplicate-arguments-array': true, 'parse-numbers': false })
    .strict()
    .version(false)
    .exitProcess(false)
    .fail((message, error?: Error) => {
      throw new CommandError(message || (error?.message ?? 'wrong usage'));
    })
    .parseAsync();
  if ('help' in argv && argv['help']) return undefined;
  const logs = readLogs(argv.log);
  const brokers = readBrokers(argv.versions, logs);
  return {
    brokers,
    scripts: wholeNumber('--scripts', argv.scripts, 0),
    seed: argv.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber('--seed', argv.seed, 0),
    handshakeTimeout: read('--handshake-timeout', () => parseDuration(argv['handshake-timeout'])),
    together: wholeNumber('--together', argv.together, 1),
    reasons: argv.reasons,
    close: argv.close,
    proxy: { amqp10: argv.amqp10 },
  };
}

function readBrokers(text: string | undefined, logs: ReadonlyMap<string, string>): readonly Given[] {
  if (text === undefined) throw new CommandError(`--versions is missing: name the brokers, for example ${EXAMPLE}`);
  const brokers = text.split(',').map((part): Given => {
    const [, version = '', address] = /^([^=]*)(?:=(.*))?$/.exec(part) ?? [];
    if (!parseVersion(version)) {
      throw new CommandError(
        `--versions: "${version}" is no version of RabbitMQ; give VERSION=HOST:PORT, for example ${EXAMPLE}`,
      );
    }
    if (!address) {
      throw new CommandError(
        `--versions: where is the broker of version ${version}? Give ${version}=HOST:PORT, for example ${version}=127.0.0.1:5672. A broker with the setting handshake_timeout = 1000 and --handshake-timeout 1s makes it quick.`,
      );
    }
    return { version, logPath: logs.get(version), ...read(`--versions: ${version}`, () => parseAddress(address, 1)) };
  });
  const names = brokers.map(({ version }) => version);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new CommandError(`--versions: ${twice} is given twice; 4.0.5 and 4.0 can stand side by side`);
  const unused = [...logs.keys()].find((version) => !names.includes(version));
  if (unused !== undefined)
    throw new CommandError(`--log: there is no ${unused} among the --versions ${names.join(', ')}`);
  return brokers;
}

function readLogs(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const [, version, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (version === undefined || path === undefined) {
        throw new CommandError(
          `--log must be VERSION=FILE, for example 4.0=/var/log/rabbitmq/rabbit.log, not "${text}"`,
        );
      }
      return [version, path];
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
