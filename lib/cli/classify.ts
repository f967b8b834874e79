import type { CommandModule } from 'yargs';
import { ACCEPTED, step, type Verdict } from '../amqp/classifier.js';
import { type DescribedReason, describeReason } from '../amqp/describe-reason.js';
import { toHex, toText } from '../amqp/header.js';
import { looksLike } from '../amqp/looks-like.js';
import { isSince, parseVersion, type Version } from '../amqp/version.js';
import { headerRules, NOTHING_LEARNED } from '../rules/header-rules.js';
import { readStandardInput } from './standard-input.js';
import { UsageError } from './usage-error.js';

type End = 'fin' | 'rst' | 'timeout';
type Arguments = {
  /** Text, true for a lone dash, or undefined. */
  hex: unknown;
  text: string | undefined;
  end: string | undefined;
  dialect: string;
  amqp10: string;
  json: boolean;
  'all-dialects': boolean;
};

/** What `classify` says; `--json` prints it as it is. */
export type Classification = {
  readonly dialect: string;
  /** `wait`: RabbitMQ would wait for more octets, or for an end. */
  readonly verdict: Verdict['type'];
  readonly reason: DescribedReason | null;
  /** Hex digits; empty when nothing is sent. */
  readonly farewell: string;
  /** How TCP is closed towards the client; null if it is not. */
  readonly close: 'rst' | null;
  readonly sentence: string;
};

/** The oldest version that is spoken. */
const OLDEST: Version = [3, 6, 0];

/** A version of each generation that decides or prints differently. */
const GENERATIONS = ['3.6', '3.7.7', '3.8', '3.10', '3.13', '4.0', '4.1', '4.3'] as const;

/** `classify [HEX]`: the verdict for octets, without a connection. */
export const classifyCommand: CommandModule<object, Arguments> = {
  command: 'classify [hex]',
  describe: 'The verdict for the first octets of a connection, without a connection',
  builder: (command) =>
    command
      .positional('hex', {
        // Without a type: of a lone dash yargs makes '' where it expects a string, and true where it expects nothing.
        description: 'Octets as hex digits, blanks and colons allowed; - reads raw octets from standard input',
      })
      .options({
        text: { type: 'string', requiresArg: true, description: 'Octets as literal text, in place of hex' },
        end: {
          type: 'string',
          choices: ['fin', 'rst', 'timeout'],
          requiresArg: true,
          description: 'What follows the octets',
        },
        dialect: { type: 'string', default: 'auto', requiresArg: true, description: 'auto or a RabbitMQ version' },
        amqp10: {
          type: 'string',
          choices: ['auto', 'on', 'off'],
          default: 'auto',
          requiresArg: true,
          description: 'Whether a 3.x broker has the AMQP 1.0 plugin',
        },
        'all-dialects': { type: 'boolean', default: false, description: 'Show where versions differ' },
        json: { type: 'boolean', default: false, description: 'Print the verdict as JSON' },
      })
      .example('$0 classify --text amqp0091', 'what becomes of a header typed in lower case')
      .example('$0 classify "41 4d 51 50" --end fin', 'what becomes of half a header'),
  handler: async (argv) => {
    const octets = await readOctets(argv);
    const classified = dialectsOf(argv).map((dialect) =>
      classify(octets, argv.end as End | undefined, dialect, argv.amqp10 as 'auto'),
    );
    const [only] = classified as [Classification, ...Classification[]];
    if (argv.json) print(JSON.stringify(argv['all-dialects'] ? classified : only));
    else if (argv['all-dialects']) for (const each of classified) print(`${each.dialect.padEnd(6)} ${summary(each)}`);
    else {
      print(summary(only));
      print(only.sentence);
    }
  },
};

/** The verdict over octets and what followed them. `auto` stands for a proxy that has learned nothing yet. */
export function classify(
  octets: Uint8Array,
  end: End | undefined,
  dialect: string,
  amqp10: 'auto' | 'on' | 'off',
): Classification {
  const rules = headerRules({ dialect, amqp10 }, NOTHING_LEARNED);
  const read = octets.length === 0 ? ACCEPTED : step(ACCEPTED, { type: 'data', octets }, rules);
  const { seen, verdict } =
    end === undefined ? read : step(read, { type: end === 'timeout' ? 'timeout' : 'end' }, rules);
  const base = { dialect: rules.dialect.name, verdict: verdict.type };
  if (verdict.type === 'wait') {
    return {
      ...base,
      reason: null,
      farewell: '',
      close: null,
      sentence: `RabbitMQ waits: ${seen.length} of 8 octets have come, and it decides nothing before the eighth.`,
    };
  }
  if (verdict.type === 'forward') {
    return {
      ...base,
      reason: null,
      farewell: '',
      close: null,
      sentence: `AMQP ${verdict.quad.join(' ')}: the connection is forwarded to the broker.`,
    };
  }
  const reason = describeReason(verdict.reason, rules.dialect, {
    header: seen,
    looksLike: looksLike(seen),
    handshakeTimeout: 10_000,
    close: 'rst',
    upstream: null,
    clientSent: end === 'fin' || end === 'rst' ? end : null,
    unnoticed: false,
  });
  const farewell = verdict.type === 'refuse' ? toHex(verdict.farewell) : '';
  return { ...base, reason, farewell, close: 'rst', sentence: reason.sentence };
}

function summary({ verdict, reason, farewell, close }: Classification): string {
  if (reason === null) return verdict;
  const sent =
    farewell === ''
      ? 'no octets'
      : `${toText(Buffer.from(farewell, 'hex').subarray(0, 4))} ${[...Buffer.from(farewell, 'hex').subarray(4)].join(' ')}`;
  return `${verdict}  ${reason.name}  ${reason.severity}  ${sent}, then ${close}  ${reason.term}`;
}

function dialectsOf(argv: Arguments): readonly string[] {
  if (argv['all-dialects']) return GENERATIONS;
  const version = parseVersion(argv.dialect);
  if (argv.dialect !== 'auto' && !(version && isSince(version, OLDEST))) {
    throw new UsageError(`--dialect must be auto or a RabbitMQ version from 3.6 on, not "${argv.dialect}"`);
  }
  return [argv.dialect];
}

async function readOctets({ hex, text }: Arguments): Promise<Uint8Array> {
  if (hex !== undefined && text !== undefined) throw new UsageError('give the octets as HEX or with --text, not both');
  if (text !== undefined) return Buffer.from(text);
  if (hex === undefined) return new Uint8Array(0);
  if (hex === true) return readStandardInput();
  const digits = String(hex).replace(/[\s:]/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new UsageError(`HEX must be pairs of hex digits, not "${hex}"`);
  return Buffer.from(digits, 'hex');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
