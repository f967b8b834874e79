import type { Flag } from '../config/flags.js';
import { didYouMean } from '../text/nearest.js';
import { quote } from '../text/quote.js';
import { UsageError } from './usage-error.js';

/** The parsed flags of Toxiproxy's server. */
export type ToxiproxyFlags = {
  readonly host: string;
  readonly port: number;
  /** JSON file with a list of proxies, as in POST /populate; null for none. */
  readonly config: string | null;
  /** null: a random one is picked. */
  readonly seed: number | null;
  readonly version: boolean;
  readonly help: boolean;
};

const text = { type: 'string' } as const;
const NO_EFFECT = { type: 'boolean', description: 'no effect: GET /metrics is always available' } as const;

/** The flags of Toxiproxy's server, except `-help` and `-version`. */
export const TOXIPROXY_FLAGS: Readonly<Record<string, Flag>> = {
  host: { ...text, syntax: 'HOST', description: 'address of the control API (default localhost)' },
  port: { ...text, syntax: 'PORT', description: 'port of the control API (default 8474)' },
  config: { ...text, syntax: 'FILE', description: 'JSON file with the proxies and toxics to create' },
  seed: { ...text, syntax: 'N', description: 'random seed (default: one is picked)' },
  'proxy-metrics': NO_EFFECT,
  'runtime-metrics': NO_EFFECT,
};

const VALUES = Object.keys(TOXIPROXY_FLAGS).filter((name) => TOXIPROXY_FLAGS[name]?.syntax !== undefined);
const SWITCHES = [...Object.keys(TOXIPROXY_FLAGS).filter((name) => !VALUES.includes(name)), 'version', 'help', 'h'];

const helpLine = ([name, { syntax = '', description }]: readonly [string, Flag]): string =>
  `  ${`-${name} ${syntax}`.padEnd(20)}${description}`;

export const TOXIPROXY_HELP = `rabbit-snare toxiproxy [flags]

Start like Toxiproxy's server, with its flags: without proxies, and with a
control API that works with any Toxiproxy client.

${Object.entries(TOXIPROXY_FLAGS).map(helpLine).join('\n')}
  -version            print the version

Flags can have one dash or two, and are written -flag=VALUE or -flag VALUE.
The environment variable LOG_LEVEL sets the log level: panic, fatal, error,
warn, info, debug or trace.
`;

/**
 * Whether a command line is meant for Toxiproxy's server: it begins with the command `toxiproxy`, or with a flag of the
 * server with a single dash, as passed to Toxiproxy's container image.
 */
export function isToxiproxyCommandLine([first = '']: readonly string[]): boolean {
  const [, flag] = /^-([a-z][a-z-]+)(=.*)?$/s.exec(first) ?? [];
  return first === 'toxiproxy' || (flag !== undefined && [...VALUES, ...SWITCHES].includes(flag));
}

/**
 * Parses the flags. yargs cannot do this: it reads a long flag with one dash as several short flags.
 *
 * @throws UsageError that names the flag, the rule and the value
 */
export function parseToxiproxyFlags(args: readonly string[]): ToxiproxyFlags {
  const given = new Map<string, string>();
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag = '', , inline] = /^--?([a-z][a-z-]*)(=(.*))?$/s.exec(word) ?? [];
    if (VALUES.includes(flag)) {
      const value = inline ?? rest.shift();
      if (value === undefined) throw new UsageError(`-${flag} must have a value`, 'toxiproxy');
      given.set(flag, value);
    } else if (SWITCHES.includes(flag)) {
      if (!['true', 'false', '1', '0', undefined].includes(inline)) {
        throw new UsageError(`-${flag} must be true or false, not ${quote(inline)}`, 'toxiproxy');
      }
      given.set(flag, String(inline === undefined || inline === 'true' || inline === '1'));
    } else {
      const names = [...VALUES, ...SWITCHES].filter((name) => name.length > 1).map((name) => `-${name}`);
      const [given = ''] = word.split('=');
      if (!word.startsWith('-')) throw new UsageError(`unexpected argument ${quote(word)}`, 'toxiproxy');
      throw new UsageError(`unknown flag ${quote(given)}${didYouMean(given, names)}`, 'toxiproxy');
    }
  }
  const isOn = (flag: string): boolean => given.get(flag) === 'true';
  return {
    host: given.get('host') ?? 'localhost',
    port: wholeNumber(given, 'port', 65_535) ?? 8474,
    config: given.get('config') || null,
    seed: wholeNumber(given, 'seed', Number.MAX_SAFE_INTEGER),
    version: isOn('version'),
    help: isOn('help') || isOn('h'),
  };
}

function wholeNumber(given: ReadonlyMap<string, string>, flag: string, most: number): number | null {
  const text = given.get(flag);
  if (text === undefined) return null;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new UsageError(`-${flag} must be a whole number up to ${most}, not ${quote(text)}`, 'toxiproxy');
}
