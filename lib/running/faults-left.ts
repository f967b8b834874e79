import type { Clock } from '../clock.js';
import type { LiveFault } from '../faults/fault-list.js';
import type { FaultForMetrics } from '../report/metric-sources.js';

/** Returns the faults that can still act on a connection, now or later, with the time at which each was added. */
export function faultsLeft(faults: readonly LiveFault[], clock: Pick<Clock, 'wall' | 'ticks'>): FaultForMetrics[] {
  const ticks = clock.ticks();
  const wall = clock.wall();
  return faults
    .filter((live) => canAct(live, ticks - live.addedAt))
    .map(({ fault: { proxy, name, type }, addedAt }) => ({ proxy, name, type, addedAt: wall - (ticks - addedAt) }));
}

function canAct({ fault: { times, toxicity, when }, hits }: LiveFault, elapsed: number): boolean {
  if (toxicity === 0 || (times !== null && hits >= times)) return false;
  return when.until === undefined || elapsed < when.until;
}
