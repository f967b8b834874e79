import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../client/control.js';
import { ConfigError } from '../errors.js';
import { DURATION, parseDuration } from '../text/duration.js';
import { type ControlArguments, controlOf } from './control-options.js';
import { print, printJson } from './print.js';
import { LiveTop } from './top/live.js';
import { type Snapshot, Snapshots } from './top/snapshot.js';
import { topLines } from './top/view.js';
import { untilInterrupted } from './until-interrupted.js';
import { UsageError } from './usage-error.js';

/** The arguments of `top`. */
export type TopArguments = ControlArguments & { readonly address: string | undefined; readonly interval: string };

/** The shortest interval, in ms. */
const SHORTEST = 100;

/** Shows what happens on a running instance, drawn again and again; without a terminal, once. */
export async function runTop({ address, url, json, interval: given }: TopArguments): Promise<void> {
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
}

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
