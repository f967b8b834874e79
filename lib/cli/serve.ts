import type { Instance } from '../instance/instance.js';
import type { Ready } from '../instance/ready-file.js';
import { letYoungGenerationGrow } from '../instance/young-generation.js';
import type { Log } from '../report/log.js';
import { exitNow } from './exit-now.js';
import { untilStopped } from './until-stopped.js';

/** Time for the process to exit by itself, in ms. */
const EXIT_ANYWAY = 100;

/**
 * Logs that an instance has started, stops it on SIGTERM or SIGINT, and returns when it has stopped.
 *
 * @param starting the start in progress: signals are handled before it completes
 * @throws any error of `starting`
 */
export async function serve(
  instance: Instance,
  log: Log,
  { starting, greet }: { readonly starting: Promise<Ready>; readonly greet: (ready: Ready) => void },
): Promise<void> {
  const stopped = untilStopped({
    stop: async (signal) => {
      await starting;
      const open = instance.connections;
      const left =
        open === 0 ? '' : `; ${open} open ${open === 1 ? 'one has' : 'ones have'} ${instance.drainTimeout / 1000} s`;
      // Close first, then log: when the line appears, the listeners and the ready file are gone.
      const drained = instance.stop(instance.drainTimeout);
      log.say('info', `${signal}: no new connections${left}`);
      await drained;
    },
    stopAtOnce: () => instance.stop(0),
  });
  // Without a listener, Node opens its debugger on this signal.
  process.on('SIGUSR1', () => log.say('info', 'SIGUSR1 is ignored'));
  greet(await starting);
  letYoungGenerationGrow();
  log.say('info', `seed ${instance.seed}`, { seed: instance.seed });
  await stopped;
  log.say('info', 'stopped');
  await log.close();
  // A stalled reader of the log or the reports would keep the process alive, and so would a lookup without an answer.
  setTimeout(exitNow, EXIT_ANYWAY).unref();
}
