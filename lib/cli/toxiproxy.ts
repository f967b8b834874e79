import { isIP } from 'node:net';
import { systemClock } from '../clock.js';
import { controlTokenOf } from '../config/control-token.js';
import { readConfigText, readText } from '../config/read-text.js';
import { type Config, effectiveSchema } from '../config/schema.js';
import { EXPOSED, isExposed } from '../control/exposed.js';
import { populateFromFile } from '../control/toxiproxy/populate.js';
import { ToxiproxyProxies } from '../control/toxiproxy/proxies.js';
import { ConfigError, RabbitSnareError } from '../errors.js';
import { Instance } from '../instance/instance.js';
import type { Ready } from '../instance/ready-file.js';
import { notOneOf } from '../text/not-one-of.js';
import { version } from '../version.js';
import { openLog } from './open-log.js';
import { serve } from './serve.js';
import { parseToxiproxyFlags, TOXIPROXY_HELP, type ToxiproxyFlags } from './toxiproxy-flags.js';

const LEVELS: Readonly<Record<string, 'error' | 'warning' | 'info' | 'debug'>> = {
  panic: 'error',
  fatal: 'error',
  error: 'error',
  warn: 'warning',
  warning: 'warning',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
};

/**
 * `toxiproxy`: runs like Toxiproxy's server, with its flags, until the process is stopped by a signal.
 *
 * @param args after the name of the command
 * @throws UsageError, ConfigError, StartError
 */
export async function toxiproxy(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const flags = parseToxiproxyFlags(args);
  if (flags.help || flags.version) {
    process.stdout.write(flags.help ? TOXIPROXY_HELP : `rabbit-snare ${version}\n`);
    return;
  }
  const wanted = readProxies(flags);
  const { LOG_LEVEL = 'info' } = env;
  const level = LEVELS[LOG_LEVEL.toLowerCase()];
  const config = configOf(flags, controlTokenOf(env));
  const log = openLog({ format: 'pretty', level: level ?? 'info' });
  if (level === undefined) log.say('warning', `LOG_LEVEL ${notOneOf(Object.keys(LEVELS), LOG_LEVEL)}; using info`);
  const instance = new Instance(config, { log, clock: systemClock });
  const start = async (): Promise<Ready> => {
    const ready = await instance.start();
    const { proxies, faults } = instance;
    try {
      await populateFromFile(wanted, new ToxiproxyProxies(proxies, faults), faults);
    } catch (error) {
      await instance.stop(0);
      // What would be an invalid request is an invalid file here.
      throw error instanceof RabbitSnareError ? new ConfigError(`${flags.config}: ${error.message}`) : error;
    }
    return ready;
  };
  await serve(instance, log, {
    starting: start(),
    greet: ({ control }) => {
      log.say(
        'info',
        `rabbit-snare ${version}, as Toxiproxy: ${instance.proxies.states.length} proxies, API on ${control}`,
      );
      if (isExposed(config)) {
        log.say('warning', EXPOSED);
      }
    },
  });
}

function configOf({ host, port, seed }: ToxiproxyFlags, token: string | null): Config {
  // Clients connect to 127.0.0.1, but localhost can resolve to ::1 only.
  const name = host === 'localhost' ? '127.0.0.1' : host;
  const listen = `${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
  const read = effectiveSchema.safeParse({
    proxies: [],
    control: { listen, token },
    ...(seed !== null && { seed: String(seed) }),
  });
  if (read.error) throw new ConfigError(read.error.issues.map(({ message }) => `-host ${message}`));
  return read.data;
}

function readProxies({ config }: ToxiproxyFlags): unknown {
  if (config === null) return [];
  try {
    return JSON.parse(readConfigText(config, readText));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(`${config} must be JSON: ${error.message}`);
  }
}
