import { loadConfig } from '../config/load.js';
import { Instance } from '../instance/instance.js';
import type { Ready } from '../instance/ready-file.js';
import { systemClock } from '../proxy/clock.js';
import { Log } from '../report/log.js';
import { version } from '../version.js';
import { watchForStop } from './stop-signals.js';

/**
 * Runs the proxies of the config until it is told to stop.
 *
 * @param argv flags as yargs gives them
 * @throws ConfigError, StartError
 */
export async function run(argv: Readonly<Record<string, unknown>>): Promise<void> {
  const { config, warnings, file } = loadConfig({ argv, env: process.env });
  const log = new Log({ ...config.log, stream: process.stderr, now: systemClock.wall });
  for (const warning of warnings) log.say('warning', warning);
  const instance = new Instance(config, { log, clock: systemClock });
  const ready = await instance.start();
  greet(log, ready, file);
  await watchForStop({
    stop: (signal) => {
      log.say(
        'info',
        `${signal}: no new connections; ${instance.connections} open ones have ${config.drainTimeout / 1000} s`,
      );
      return instance.stop(config.drainTimeout);
    },
    stopAtOnce: () => instance.stop(0),
  });
  log.say('info', 'stopped');
  await log.close();
}

function greet(log: Log, { proxies, control }: Ready, file: string | null): void {
  log.say('info', `rabbit-snare ${version}${file === null ? '' : ` with ${file}`}`);
  for (const { name, listen, upstream } of proxies) {
    log.say('info', `${name}: listening on ${listen}, upstream ${upstream}`, { proxy: name, listen, upstream });
  }
  if (proxies.length === 0) log.say('warning', 'no proxy is enabled');
  if (control !== null) log.say('info', `control API on ${control}`, { control });
  const first = proxies[0];
  if (first) log.say('info', `to try: npx rabbit-snare probe ${first.listen}`);
}
