import type { Argv, CommandModule } from 'yargs';
import type { Control } from '../client/control.js';
import { removeFault } from '../client/remote-faults.js';
import type { FaultView } from '../control/routes/faults.js';
import { parseChange, parseCompact } from '../faults/compact.js';
import { formatRamp, type Ramp } from '../faults/ramp.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { onlyProxy } from './only-proxy.js';
import { printJson, printTable } from './print.js';
import { UsageError } from './usage-error.js';

const DESCRIPTION = "Such as 'amqp_close at=open code=320 times=2'. docs/faults.md lists all types.";

/** `faults list | add | update | remove`: manages the faults of a running instance. */
export const faultsCommand: CommandModule = {
  command: 'faults',
  describe: 'List, add, update or remove faults',
  builder: (command: Argv) =>
    command
      .command({
        command: 'list',
        describe: 'List all faults and how often each one was applied',
        builder: (list) => list.options(controlFlags) as never,
        handler: (async ({ json, ...where }: ControlArguments) => {
          show(await controlOf(where).ask<FaultView[]>('GET', '/faults'), json);
        }) as never,
      })
      .command({
        command: 'add <fault..>',
        describe: 'Add faults: all of them, or none if one is invalid',
        builder: (add) =>
          add
            .positional('fault', { type: 'string', array: true, demandOption: true, describe: DESCRIPTION })
            .options(controlFlags) as never,
        handler: (async ({ fault, json, ...where }: ControlArguments & { fault: string[] }) => {
          const control = controlOf(where);
          const proxy = await onlyProxy(control);
          const options = proxy === undefined ? {} : { proxy };
          const faults = fault.map((text) => parseCompact(text, options));
          show(await control.ask<FaultView[]>('POST', '/faults', faults), json);
        }) as never,
      })
      .command({
        command: 'update <id> <change..>',
        describe: 'Change a fault, or switch it off and on with enabled=false and enabled=true',
        builder: (update) =>
          update
            .positional('id', { type: 'string', demandOption: true, describe: 'PROXY/NAME' })
            .positional('change', { type: 'string', array: true, demandOption: true, describe: 'KEY=VALUE' })
            .options(controlFlags) as never,
        handler: (async ({ id, change, json, ...where }: ControlArguments & { id: string; change: string[] }) => {
          const body = parseChange(change);
          show([await controlOf(where).ask<FaultView>('PATCH', `/faults/${encodeURIComponent(id)}`, body)], json);
        }) as never,
      })
      .command({
        command: 'remove [id..]',
        describe: 'Remove faults',
        builder: (remove) =>
          remove.positional('id', { type: 'string', array: true, describe: 'PROXY/NAME' }).options({
            ...controlFlags,
            all: { type: 'boolean', default: false, description: 'Remove all faults.' },
          }) as never,
        handler: (async ({ id = [], all, ...where }: ControlArguments & { id?: string[]; all: boolean }) => {
          if (all === id.length > 0) throw new UsageError('give the IDs of faults, or --all, not both');
          const control = controlOf(where);
          for (const each of all ? await idsOf(control) : id) await removeFault(control, each);
        }) as never,
      })
      .demandCommand(1, 'faults needs one of list, add, update, remove'),
  handler: () => {},
};

const idsOf = async (control: Control): Promise<string[]> =>
  (await control.ask<FaultView[]>('GET', '/faults')).map(({ id }) => id);

function show(faults: readonly FaultView[], json: boolean): void {
  if (json) printJson(faults);
  else
    printTable(
      ['id', 'type', 'enabled', 'state', 'stream', 'hits', 'times', 'toxicity', 'attributes', 'when'],
      faults.map(row),
    );
}

function row(fault: FaultView): string[] {
  const { id, type, enabled, state, stream, hits, times, toxicity, attributes, valuesNow, when } = fault;
  const own = Object.entries(attributes).map(([key, value]): [string, unknown] => {
    const now = valuesNow[key];
    return [key, now === undefined ? value : `${formatRamp(value as Ramp)} (now ${now})`];
  });
  const [on, most] = [enabled ? 'yes' : 'no', String(times ?? '-')];
  const words = [wordsOf(own), wordsOf(Object.entries(when))];
  return [id, type, on, state, stream, String(hits), most, String(toxicity), ...words];
}

const wordsOf = (entries: readonly [key: string, value: unknown][]): string =>
  entries
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ') || '-';
