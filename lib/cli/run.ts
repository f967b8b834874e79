import { loadConfig } from '../config/load.js';
import type { Scenario } from '../faults/scenario.js';
import { ScenarioRun } from '../faults/scenario-run.js';
import { Instance } from '../instance/instance.js';
import type { Ready } from '../instance/ready-file.js';
import { reloadOnChange } from '../instance/reload-on-change.js';
import { systemClock } from '../proxy/clock.js';
import { Log } from '../report/log.js';
import { version } from '../version.js';
import { readRunFaults } from './run-faults.js';
import { untilStopped } from './until-stopped.js';

/**
 * Runs the proxies of the config until it is told to stop.
 *
 * @param argv flags as yargs gives them
 * @throws ConfigError, StartError
 */
export async function run(argv: Readonly<Record<string, unknown>>): Promise<void> {
  const load = () => loadConfig({ argv, env: process.env });
  const { config, warnings, file } = load();
  const dialect = config.proxies.find((proxy) => proxy.dialect !== 'auto')?.dialect;
  const log = new Log({ ...config.log, stream: process.stderr, now: systemClock.wall, dialect });
  for (const warning of warnings) log.say('warning', warning);
  const { faults, scenario } = readRunFaults(argv, config);
  const instance = new Instance(config, { log, clock: systemClock });
  instance.faults.list.add(faults);
  // Whoever would hold its lease is this program.
  const scenarioRun = scenario && begin({ ...scenario, lease: null }, instance, log);
  const starting = instance.start();
  // From the moment that somebody can know of us, signals are heard.
  const forget = reloadOnChange(load, file, instance, log, starting);
  const stopped = untilStopped({
    stop: async (signal) => {
      await starting;
      const open = instance.connections;
      const left =
        open === 0 ? '' : `; ${open} open ${open === 1 ? 'one has' : 'ones have'} ${instance.drainTimeout / 1000} s`;
      // First the deed, then the word: by the time it is said, the listeners and the ready file are gone.
      const drained = instance.stop(instance.drainTimeout);
      log.say('info', `${signal}: no new connections${left}`);
      await drained;
    },
    stopAtOnce: () => instance.stop(0),
  });
  greet(log, await starting, file);
  log.say('info', `seed ${instance.seed}`, { seed: instance.seed });
  await stopped;
  scenarioRun?.stop();
  forget();
  log.say('info', 'stopped');
  await log.close();
}

function begin(scenario: Scenario, { faults }: Instance, log: Log): ScenarioRun {
  const failed = (problem: string): void => log.say('error', `the scenario has ended: ${problem}`);
  return new ScenarioRun(scenario, { list: faults.list, clock: systemClock, failed });
}

function greet(log: Log, { proxies, control }: Ready, file: string | null): void {
  log.say('info', `rabbit-snare ${version}${file === null ? '' : ` with ${file}`}`);
  for (const { name, listen, upstream } of proxies) {
    log.say('info', `${name}: listening on ${listen}, upstream ${upstream}`, { proxy: name, listen, upstream });
  }
  if (control !== null) log.say('info', `control API on ${control}`, { control });
  const first = proxies[0];
  if (first === undefined) log.say('warning', 'no proxy is enabled');
  else log.say('info', `to try: npx rabbit-snare probe ${reachable(first.listen)}`);
}

/** A listener on all interfaces is reached by the loopback one. */
const reachable = (listen: string): string => listen.replace(/^(0\.0\.0\.0|\[::\]):/, '127.0.0.1:');
