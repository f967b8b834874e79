import type { CommandModule } from 'yargs';
import { generationName, generations, OLDEST } from '../amqp/dialect.js';
import { toText } from '../amqp/header.js';
import { isSince, parseVersion } from '../amqp/version.js';
import { type Classification, classify, type End } from '../rules/classify.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { print, printJson } from './print.js';
import { readStandardInput } from './standard-input.js';
import { UsageError } from './usage-error.js';

type Arguments = {
  /** A string, true for a lone dash, or undefined. */
  hex: unknown;
  text: string | undefined;
  end: string | undefined;
  dialect: string;
  amqp10: string;
  json: boolean;
  'all-dialects': boolean;
};

/** `classify [HEX]`: shows the verdict for the first bytes of a connection, without opening one. */
export const classifyCommand: CommandModule<object, Arguments> = {
  command: 'classify [hex]',
  describe: 'Show the verdict for the given bytes',
  builder: (command) =>
    command
      .positional('hex', {
        // No type: yargs parses a lone dash as '' if the type is string, and as true if there is none.
        description:
          'First bytes of a connection as hex digits, with optional spaces and colons. - reads raw standard input.',
      })
      .options({
        text: { type: 'string', requiresArg: true, description: 'The bytes as literal text, instead of hex.' },
        end: {
          type: 'string',
          choices: ['fin', 'rst', 'timeout'],
          requiresArg: true,
          description: 'What happens after the bytes. By default, nothing yet.',
        },
        dialect: {
          type: 'string',
          default: 'auto',
          requiresArg: true,
          syntax: 'auto | VERSION',
          description:
            'RabbitMQ version whose verdict is shown. auto is a proxy that has not learned it. (auto | VERSION)',
        },
        amqp10: {
          type: 'string',
          choices: ['auto', 'on', 'off'],
          default: 'auto',
          requiresArg: true,
          description: 'Whether a 3.x broker has the AMQP 1.0 plugin.',
        },
        'all-dialects': {
          type: 'boolean',
          default: false,
          description: 'Show the verdict of each generation of RabbitMQ, which is named by its first version.',
        },
        json: { type: 'boolean', default: false, description: 'Print JSON.' },
      })
      .example('$0 classify --text amqp0091', 'A protocol header in lower case')
      .example('$0 classify "41 4d 51 50" --end fin', 'Half a header, then a FIN'),
  handler: async (argv) => {
    const octets = await readOctets(argv);
    const classified = dialectsOf(argv).map((dialect) =>
      classify(
        octets,
        argv.end as End | undefined,
        headerRules({ dialect, amqp10: argv.amqp10 as 'auto' }, NOTHING_LEARNED),
      ),
    );
    const [only] = classified as [Classification, ...Classification[]];
    if (argv.json) printJson(argv['all-dialects'] ? classified : only);
    else if (argv['all-dialects']) for (const each of classified) print(`${each.dialect.padEnd(6)} ${summary(each)}`);
    else {
      print(summary(only));
      print(only.sentence);
    }
  },
};

function summary({ verdict, reason, farewell, close }: Classification): string {
  if (reason === null) return verdict;
  const sent =
    farewell === ''
      ? 'no bytes'
      : `${toText(Buffer.from(farewell, 'hex').subarray(0, 4))} ${[...Buffer.from(farewell, 'hex').subarray(4)].join(' ')}`;
  return `${verdict}  ${reason.name}  ${reason.severity}  ${sent}, then ${close}  ${reason.term}`;
}

function dialectsOf(argv: Arguments): readonly string[] {
  if (argv['all-dialects']) return generations().map(generationName);
  const version = parseVersion(argv.dialect);
  if (argv.dialect !== 'auto' && !(version && isSince(version, OLDEST))) {
    throw new UsageError(`--dialect must be auto or a RabbitMQ version from 3.6 on, not "${argv.dialect}"`);
  }
  return [argv.dialect];
}

async function readOctets({ hex, text }: Arguments): Promise<Uint8Array> {
  if (hex !== undefined && text !== undefined) throw new UsageError('give the bytes as HEX or with --text, not both');
  if (text !== undefined) return Buffer.from(text);
  if (hex === undefined) return new Uint8Array(0);
  if (hex === true) return readStandardInput();
  const digits = String(hex).replace(/[\s:]/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new UsageError(`HEX must be pairs of hex digits, not "${hex}"`);
  return Buffer.from(digits, 'hex');
}
