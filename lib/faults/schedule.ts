import { readDurationRange } from '../text/duration-range.js';
import { windowChance } from './chance.js';
import type { Fault } from './fault.js';

/** Where a fault is in its schedule, which its `after`, `until`, `every` and `for` make. */
export type SchedulePosition = {
  /** `waiting`: its `after` is still to come; `pausing`: it is between two windows; `over`: it never acts again. */
  readonly state: 'waiting' | 'active' | 'pausing' | 'over';
  /** When `state` changes, in ms since the fault was added; null: never. */
  readonly changesAt: number | null;
};

type Scheduled = Pick<Fault, 'proxy' | 'name' | 'when'>;

const ACTIVE: SchedulePosition = { state: 'active', changesAt: null };
const OVER: SchedulePosition = { state: 'over', changesAt: null };

/**
 * Returns where a fault is in its schedule. A pure function: the random times of its windows depend only on the seed, the fault's
 * name and the number of the window.
 *
 * @param elapsed ms since the fault was added
 */
export function positionAt(fault: Scheduled, elapsed: number, seed: number): SchedulePosition {
  const { after = 0, until, every } = fault.when;
  if (until !== undefined && elapsed >= until) return OVER;
  if (elapsed < after) return { state: 'waiting', changesAt: after };
  if (every === undefined) return until === undefined ? ACTIVE : { state: 'active', changesAt: until };
  const { isOpen, changesAt } = windowAt(fault, elapsed - after, seed);
  const next = after + changesAt;
  if (isOpen) return { state: 'active', changesAt: Math.min(next, until ?? next) };
  return until !== undefined && next >= until ? OVER : { state: 'pausing', changesAt: next };
}

/** Whether a fault is within its schedule, `elapsed` ms after it was added. */
export function isInTime(fault: Scheduled, elapsed: number, seed: number): boolean {
  return positionAt(fault, elapsed, seed).state === 'active';
}

/** Returns the time from `elapsed` until `isInTime` can next change, in ms; null if it never does. */
export function untilChange(fault: Scheduled, elapsed: number, seed: number): number | null {
  const { changesAt } = positionAt(fault, elapsed, seed);
  return changesAt === null ? null : changesAt - elapsed;
}

/**
 * Whether a window is open, and when that changes. Window number n begins within half of the range of `every` after n times its
 * middle, so two beginnings are never closer or further apart than the range allows, and no window has to be computed from the
 * one before it.
 *
 * @param since ms since the first window began
 */
function windowAt(
  { proxy, name, when }: Scheduled,
  since: number,
  seed: number,
): { readonly isOpen: boolean; readonly changesAt: number } {
  const every = readDurationRange(when.every);
  const length = readDurationRange(when.for);
  const middle = (every.least + every.most) / 2;
  const draw = (window: number, what: 'every' | 'for', { least, most }: typeof every): number =>
    least === most ? 0 : (most - least) * windowChance({ seed, proxy, name, window, what });
  const startOf = (window: number): number => window * middle + (window === 0 ? 0 : draw(window, 'every', every) / 2);
  const last = Math.floor(since / middle);
  const window = startOf(last) <= since ? last : last - 1;
  const end = startOf(window) + length.least + draw(window, 'for', length);
  return since < end ? { isOpen: true, changesAt: end } : { isOpen: false, changesAt: startOf(window + 1) };
}
