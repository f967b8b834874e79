import type { Clock } from '../clock.js';
import { ConfigError } from '../errors.js';
import { isMap } from '../text/map.js';
import { quote } from '../text/quote.js';
import type { FaultState } from './choice.js';
import { type Fault, faultId } from './fault.js';
import { changeFault } from './parse-fault.js';
import type { FaultOptions } from './read-fault.js';
import { isInTime, positionAt, type SchedulePosition } from './schedule.js';

/** A fault in a list. If it is removed and added again, it is a new fault and its hits start at 0. */
export type LiveFault = FaultState & {
  readonly id: string;
  /** When it was added, in ms since 1970. */
  readonly addedAtWall: number;
  /** Id of the scenario that added it; null: it was added directly. */
  readonly scenario: string | null;
  /** How long after it was added it is removed, in ms; null: it stays until something removes it. */
  readonly lifetime: number | null;
  /** Replaced when the fault is changed. */
  fault: Fault;
  /** Whether it can act. One that is switched off keeps its place, its hits and what was decided about it. */
  enabled: boolean;
  hits: number;
};

/** Returns a fault as it is when it is added. */
export function liveFault(
  fault: Fault,
  clock: Clock,
  { connectionsBefore, scenario, lifetime }: Pick<LiveFault, 'connectionsBefore' | 'scenario' | 'lifetime'>,
): LiveFault {
  const [addedAt, addedAtWall] = [clock.ticks(), clock.wall()];
  const id = faultId(fault);
  return { id, fault, addedAt, addedAtWall, scenario, lifetime, connectionsBefore, enabled: true, hits: 0 };
}

/** Whether a fault is switched on and within its schedule. @param now `Clock.ticks` */
export function isActive({ fault, enabled, addedAt }: LiveFault, now: number, seed: number): boolean {
  return enabled && isInTime(fault, now - addedAt, seed);
}

/** Whether a fault can act now, and if not, why: `off` is switched off, `spent` has acted as often as its `times` allow. */
export const FAULT_STATES = ['active', 'off', 'spent', 'waiting', 'pausing', 'over'] as const satisfies readonly (
  | SchedulePosition['state']
  | 'off'
  | 'spent'
)[];

/** The state of a fault, and when time alone changes it, in ms since 1970; null: never. */
export type StateNow = { readonly state: (typeof FAULT_STATES)[number]; readonly changesAt: number | null };

/** @param now `Clock.ticks` */
export function stateOf(
  { fault, enabled, hits, addedAt, addedAtWall }: LiveFault,
  now: number,
  seed: number,
): StateNow {
  if (!enabled) return { state: 'off', changesAt: null };
  if (fault.times !== null && hits >= fault.times) return { state: 'spent', changesAt: null };
  const { state, changesAt } = positionAt(fault, now - addedAt, seed);
  return { state, changesAt: changesAt === null ? null : addedAtWall + changesAt };
}

/** Returns the time until a fault is removed because its lifetime is over, in ms; null: it has none. @param now `Clock.ticks` */
export function untilRemoval({ addedAt, lifetime }: LiveFault, now: number): number | null {
  return lifetime === null ? null : Math.max(0, addedAt + lifetime - now);
}

/**
 * Changes a fault as `changeFault` does, and switches it on or off with the key `enabled`. If that is the only key, the fault
 * itself stays the same.
 *
 * @param check throws ConfigError if the changed fault must not be used
 * @throws ConfigError; then nothing has changed
 */
export function changeLiveFault(
  live: LiveFault,
  change: unknown,
  options: FaultOptions | undefined,
  check: (fault: Fault) => void,
): void {
  const changed = (others: unknown): Fault => {
    const fault = changeFault(live.fault, others, options);
    check(fault);
    return fault;
  };
  if (!isMap(change) || !Object.hasOwn(change, 'enabled')) {
    live.fault = changed(change);
    return;
  }
  const { enabled: given, ...others } = change;
  const enabled = readEnabled(given);
  if (Object.keys(others).length > 0) live.fault = changed(others);
  live.enabled = enabled;
}

function readEnabled(given: unknown): boolean {
  if (typeof given === 'boolean') return given;
  if (given === 'true' || given === 'false') return given === 'true';
  throw new ConfigError(`enabled must be true or false, not ${quote(given)}`);
}
