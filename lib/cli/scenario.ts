import { parse } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { RemoteScenario } from '../client/remote-scenario.js';
import { readConfigText, readText } from '../config/read-text.js';
import { readScenarioText } from '../faults/read-scenario.js';
import type { ScenarioInput } from '../faults/scenario.js';
import { parseDocument } from '../text/document.js';
import { oneLineJson } from '../text/one-line.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { onlyProxy } from './only-proxy.js';
import { print } from './print.js';
import type { ProgressLine } from './progress-line.js';
import { scenarioProgress } from './scenario-progress.js';
import { untilInterrupted } from './until-interrupted.js';

type Arguments = ControlArguments & { readonly file: string; readonly proxy: string | undefined };

/** How often progress is shown, in ms. */
const EVERY = 1000;

/** `scenario run FILE`: runs a scenario on a running instance. The scenario ends with this command at the latest. */
export const scenarioCommand: CommandModule = {
  command: 'scenario',
  describe: 'Run a scenario, a timed list of faults',
  builder: (command: Argv) =>
    command
      .command({
        command: 'run <file>',
        describe: 'Run a scenario until its end, or until this command is stopped',
        builder: (run) =>
          run.positional('file', { type: 'string', demandOption: true, describe: 'YAML or JSON' }).options({
            ...controlFlags,
            proxy: {
              type: 'string',
              requiresArg: true,
              description: 'Proxy for faults that do not name one. [default: the only proxy]',
            },
          }) as never,
        handler: (async ({ file, proxy: given, json, ...where }: Arguments) => {
          // Loaded only now, because widths of characters take long to load.
          const { progress } = await import('./progress-line.js');
          const control = controlOf(where);
          const proxy = given ?? (await onlyProxy(control));
          const text = readConfigText(file, readText);
          // The instance validates it again, but cannot report line and column.
          readScenarioText(text, file, proxy === undefined ? {} : { proxy });
          const input = parseDocument(text, file).value as ScenarioInput;
          const interrupted = untilInterrupted();
          const run = await RemoteScenario.begin(input, control, { proxy, name: parse(file).name });
          print(
            json
              ? oneLineJson({ id: run.id, faults: await run.faults() })
              : `${run.id} has started: ${(await run.faults()).join(', ') || 'no fault yet'}`,
          );
          // The timers of a scenario do not keep the process alive.
          const alive = setInterval(() => void showProgress(run, progress), EVERY);
          await Promise.race([run.over, aborted(interrupted)]).finally(() => {
            clearInterval(alive);
            progress.clear();
          });
          await run.stop();
          if (!json) print(`${run.id} has ended`);
        }) as never,
      })
      .demandCommand(1, 'scenario needs run'),
  handler: () => {},
};

async function showProgress(run: RemoteScenario, progress: ProgressLine): Promise<void> {
  if (!progress.isOn) return;
  // The scenario may be over. If the instance cannot be reached, `over` rejects in time.
  const view = await run.view().catch(() => undefined);
  if (view && !run.isOver) progress.show(scenarioProgress(view));
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // The signal may have arrived while the scenario was being started.
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
