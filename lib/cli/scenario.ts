import type { Argv, CommandModule } from 'yargs';
import { RemoteScenario } from '../client/remote-scenario.js';
import { readConfigText, readText } from '../config/read-text.js';
import { readScenarioText } from '../faults/read-scenario.js';
import type { ScenarioInput } from '../faults/scenario.js';
import { parseDocument } from '../text/document.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { onlyProxy } from './only-proxy.js';
import { print } from './print.js';
import { untilInterrupted } from './until-interrupted.js';

type Arguments = ControlArguments & { readonly file: string; readonly proxy: string | undefined };

/** `scenario run FILE` at a running instance: as long as this command runs, and not longer. */
export const scenarioCommand: CommandModule = {
  command: 'scenario',
  describe: 'Carry a scenario out at a running instance',
  builder: (command: Argv) =>
    command
      .command({
        command: 'run <file>',
        describe: 'Begin the scenario of a file, and end it when it is over or this command is ended',
        builder: (run) =>
          run.positional('file', { type: 'string', demandOption: true, describe: 'YAML or JSON' }).options({
            ...controlFlags,
            proxy: {
              type: 'string',
              requiresArg: true,
              description: 'Of faults that name none [default: the only one]',
            },
          }) as never,
        handler: (async ({ file, proxy: given, json, ...where }: Arguments) => {
          const control = controlOf(where);
          const proxy = given ?? (await onlyProxy(control));
          const text = readConfigText(file, readText);
          // Here, with line and column; the instance reads it again.
          readScenarioText(text, file, proxy === undefined ? {} : { proxy });
          const input = parseDocument(text, file).value as ScenarioInput;
          const interrupted = untilInterrupted();
          const run = await RemoteScenario.begin(input, control, proxy);
          print(
            json
              ? JSON.stringify({ id: run.id, faults: await run.faults() })
              : `${run.id} has begun: ${(await run.faults()).join(', ') || 'no fault yet'}`,
          );
          // The timers of a scenario do not keep the process.
          const alive = setInterval(() => {}, 1 << 30);
          await Promise.race([run.over, aborted(interrupted)]).finally(() => clearInterval(alive));
          await run.stop();
          if (!json) print(`${run.id} is over`);
        }) as never,
      })
      .demandCommand(1, 'scenario needs run'),
  handler: () => {},
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    // It may have come while the scenario was begun.
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
