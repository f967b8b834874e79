import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandModule } from 'yargs';
import type { Control } from '../client/control.js';
import { ConfigError } from '../errors.js';
import { DURATION, parseDuration } from '../text/duration.js';
import { type ControlArguments, controlFlags, controlOf } from './control-options.js';
import { print, printJson } from './print.js';
import { LiveTop } from './top/live.js';
import { type Snapshot, Snapshots } from './top/snapshot.js';
import { topLines } from './top/view.js';
import { untilInterrupted } from './until-interrupted.js';
import { UsageError } from './usage-error.js';

type Arguments = ControlArguments & { readonly address: string | undefined; readonly interval: string };

/** The shortest interval, in ms. */
const SHORTEST = 100;

/** `top [URL]`: shows what happens on a running instance, drawn again and again; without a terminal, once. */
export const topCommand: CommandModule<object, Arguments> = {
  command: 'top [address]',
  describe: 'Show rates, reasons, sources and faults, live',
  builder: (command) =>
    command
      .usage(
        '$0 top [address] [flags]\n\nShow rates, open connections, reasons, sources, faults and proxies, live. q quits, p pauses, s sorts the sources. If the output is not a terminal, print everything once and exit.',
      )
      .positional('address', { type: 'string', description: 'URL of the control API, as with --url' })
      .options({
        ...controlFlags,
        json: { type: 'boolean', default: false, description: 'Print everything once as JSON, and exit.' },
        interval: {
          type: 'string',
          requiresArg: true,
          default: '1s',
          description: 'Time between two updates, and without a terminal the time that rates are measured.',
        },
      }) as never,
  handler: async ({ address, url, json, interval: given }) => {
    const interval = intervalOf(given);
    const control = controlOf({ url: address ?? url });
    if (!json && process.stdout.isTTY && process.env['TERM'] !== 'dumb') {
      await new LiveTop(control, interval).run();
      return;
    }
    const snapshot = await measured(control, interval);
    if (snapshot === null) return;
    if (json) printJson(snapshot);
    else {
      const view = { url: control.url, sort: 'log', color: false, size: null, isPaused: false, problem: null } as const;
      for (const line of topLines(snapshot, view)) print(line);
    }
  },
};

/** Returns the second of two snapshots, which has rates; null if the command was interrupted. */
async function measured(control: Control, interval: number): Promise<Snapshot | null> {
  const interrupted = untilInterrupted();
  const snapshots = new Snapshots(control);
  try {
    await snapshots.next(interrupted);
    await sleep(interval, undefined, { signal: interrupted });
    return await snapshots.next(interrupted);
  } catch (error) {
    if (interrupted.aborted) return null;
    throw error;
  }
}

function intervalOf(given: string): number {
  try {
    const interval = parseDuration(given);
    if (interval >= SHORTEST) return interval;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  throw new UsageError(`--interval must be ${DURATION}, and at least ${SHORTEST}ms, not ${JSON.stringify(given)}`);
}
