import { quote } from '../text/quote.js';
import { UsageError } from './usage-error.js';

/** What the flags of Toxiproxy's server say. */
export type ToxiproxyFlags = {
  readonly host: string;
  readonly port: number;
  /** A file of proxies, as a populate has them; null for none. */
  readonly config: string | null;
  /** Null: one is picked. */
  readonly seed: number | null;
  readonly version: boolean;
  readonly help: boolean;
};

const VALUES = ['host', 'port', 'config', 'seed'];
/** The metrics are always there. */
const SWITCHES = ['proxy-metrics', 'runtime-metrics', 'version', 'help', 'h'];

export const TOXIPROXY_HELP = `rabbit-snare toxiproxy [flags]

Start as Toxiproxy's server does, with its flags: an empty control API that is driven by any client of Toxiproxy.

  -host HOST          where the API listens (default localhost)
  -port PORT          its port (default 8474)
  -config FILE        JSON list of proxies, with their toxics, that are created at the start
  -seed N             what chance is drawn from (default: one is picked)
  -proxy-metrics, -runtime-metrics
                      taken, and without effect: GET /metrics is always there
  -version            print the version

One dash or two; -flag=VALUE or -flag VALUE. LOG_LEVEL is panic, fatal, error, warn, info, debug or trace.
`;

/**
 * Whether a command line is one of Toxiproxy's server: the command of that name, or one of its flags with a single dash,
 * as they are handed to its image.
 */
export function isToxiproxyCommandLine([first = '']: readonly string[]): boolean {
  const [, flag] = /^-([a-z][a-z-]+)(=.*)?$/s.exec(first) ?? [];
  return first === 'toxiproxy' || (flag !== undefined && [...VALUES, ...SWITCHES].includes(flag));
}

/**
 * Reads the flags. yargs takes a long flag with one dash for many short ones.
 *
 * @throws UsageError that names flag, rule and value
 */
export function parseToxiproxyFlags(args: readonly string[]): ToxiproxyFlags {
  const given = new Map<string, string>();
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, flag = '', , inline] = /^--?([a-z][a-z-]*)(=(.*))?$/s.exec(word) ?? [];
    if (VALUES.includes(flag)) {
      const value = inline ?? rest.shift();
      if (value === undefined) throw new UsageError(`-${flag} must have a value`);
      given.set(flag, value);
    } else if (SWITCHES.includes(flag)) {
      if (!['true', 'false', '1', '0', undefined].includes(inline)) {
        throw new UsageError(`-${flag} must be true or false, not ${quote(inline)}`);
      }
      given.set(flag, String(inline === undefined || inline === 'true' || inline === '1'));
    } else {
      throw new UsageError(`${quote(word)} is not a flag of toxiproxy: see rabbit-snare toxiproxy -help`);
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
  throw new UsageError(`-${flag} must be a whole number up to ${most}, not ${quote(text)}`);
}
