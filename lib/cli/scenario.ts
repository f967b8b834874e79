import type { Argv, CommandModule } from 'yargs';
import type { Flag } from '../config/flags.js';
import { controlFlags } from './control-options.js';
import { print, printJson, printTable } from './print.js';
import type { RunArguments } from './run-scenario.js';
import { ASSERTIONS } from './scenario-syntax.js';

const json = controlFlags['json'] as Flag;

/** `scenario list | show NAME | run NAME | run FILE`: the scenarios that come with the program, and runs of scenarios. */
export const scenarioCommand: CommandModule = {
  command: 'scenario',
  describe: 'List, show or run timed lists of faults',
  builder: (command: Argv) =>
    command
      .command({
        command: 'list',
        describe: 'List the scenarios that come with rabbit-snare, and the bug that each finds',
        builder: (list) => list.options({ json }) as never,
        handler: (async ({ json }: { readonly json: boolean }) => {
          const { bugOf, scenarioFiles } = await import('../control/scenario-files.js');
          const files = await scenarioFiles();
          if (json) printJson(files.map(({ name, description }) => ({ name, description })));
          else
            printTable(
              ['name', 'finds'],
              files.map((file) => [file.name, bugOf(file)]),
            );
        }) as never,
      })
      .command({
        command: 'show <scenario>',
        describe: 'Show the file of a scenario that comes with rabbit-snare',
        builder: (show) =>
          show
            .positional('scenario', {
              type: 'string',
              demandOption: true,
              syntax: 'SCENARIO',
              describe: 'Its name',
            } as object)
            .options({ json }) as never,
        handler: (async ({ scenario, json }: { readonly scenario: string; readonly json: boolean }) => {
          const [{ scenarioFiles }, { builtInScenario }] = await Promise.all([
            import('../control/scenario-files.js'),
            import('./scenario-source.js'),
          ]);
          const name = builtInScenario(scenario);
          const file = (await scenarioFiles()).find((each) => each.name === name);
          if (json) printJson(file);
          else print(file?.text.trimEnd() ?? '');
        }) as never,
      })
      .command({
        command: 'run <scenario>',
        describe: 'Run a scenario until its end, or until this command is stopped',
        builder: (run) =>
          run
            .positional('scenario', {
              type: 'string',
              demandOption: true,
              syntax: 'SCENARIO | FILE',
              describe: 'Name of a scenario that comes with rabbit-snare, or a file in YAML or JSON',
            } as object)
            .options({
              ...controlFlags,
              proxy: {
                type: 'string',
                requiresArg: true,
                description: 'Proxy for faults that do not name one. [default: the only proxy]',
              },
              for: {
                type: 'string',
                requiresArg: true,
                description: 'End the scenario after this time at the latest. (DURATION)',
              },
              assert: {
                type: 'string',
                requiresArg: true,
                syntax: ASSERTIONS,
                description: `Exit with 1 unless the clients that were open are open again in time after its end, or were never closed. Repeatable. (${ASSERTIONS})`,
              },
            })
            .example('$0 scenario run broker-restart-320 --assert recovers-within=10s', '') as never,
        // Loaded only now, because widths of characters take long to load.
        handler: (async (argv: RunArguments) => (await import('./run-scenario.js')).runScenario(argv)) as never,
      })
      .demandCommand(1, 'scenario needs list, show or run'),
  handler: () => {},
};
