import { parse } from 'node:path';
import { systemClock } from '../clock.js';
import { loadConfig } from '../config/load.js';
import { EXPOSED, isExposed } from '../control/exposed.js';
import { Instance } from '../instance/instance.js';
import type { Ready } from '../instance/ready-file.js';
import { reloadOnChange } from '../instance/reload-on-change.js';
import type { Log } from '../report/log.js';
import { version } from '../version.js';
import { openLog } from './open-log.js';
import { readRunFaults } from './run-faults.js';
import { serve } from './serve.js';

/**
 * `run`: starts the proxies of the configuration and runs them until the process is stopped by a signal.
 *
 * @param argv flags, as parsed by yargs
 * @throws ConfigError, StartError
 */
export async function run(argv: Readonly<Record<string, unknown>>): Promise<void> {
  const load = () => loadConfig({ argv, env: process.env });
  const { config, warnings, file } = load();
  const dialect = config.proxies.find((proxy) => proxy.dialect !== 'auto')?.dialect;
  const log = openLog({ ...config.log, dialect });
  for (const warning of warnings) log.say('warning', warning);
  const { faults, scenario } = readRunFaults(argv, config);
  const instance = new Instance(config, { log, clock: systemClock });
  instance.faults.list.add(faults);
  // Without a lease: its owner is this process.
  if (scenario) instance.scenarios.begin({ ...scenario, lease: null }, parse(String(argv['scenario'])).name);
  const starting = instance.start();
  const forget = reloadOnChange(load, file, instance, log, starting);
  await serve(instance, log, { starting, greet: (ready) => greet(log, ready, file, isExposed(config)) });
  forget();
}

function greet(log: Log, { proxies, control }: Ready, file: string | null, isExposed: boolean): void {
  log.say('info', `rabbit-snare ${version}${file === null ? '' : ` with ${file}`}`);
  for (const { name, listen, upstream } of proxies) {
    log.say('info', `${name}: listening on ${listen}, upstream ${upstream}`, { proxy: name, listen, upstream });
  }
  if (control !== null) log.say('info', `control API on ${control}`, { control });
  if (isExposed) log.say('warning', EXPOSED);
  const first = proxies[0];
  if (first === undefined) log.say('warning', 'no proxy is enabled');
  else log.say('info', `try it: npx rabbit-snare probe ${reachable(first.listen)}`);
}

/** An address to connect to: the loopback address for a listener on all interfaces. */
const reachable = (listen: string): string => listen.replace(/^(0\.0\.0\.0|\[::\]):/, '127.0.0.1:');
