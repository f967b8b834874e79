import type { Clock } from '../clock.js';
import type { LiveFault } from '../faults/live-fault.js';
import type { FaultForMetrics } from '../report/metric-sources.js';

/** Returns the faults that are switched on and can still act on a connection, now or later. */
export function faultsLeft(faults: readonly LiveFault[], { ticks }: Pick<Clock, 'ticks'>): readonly FaultForMetrics[] {
  const now = ticks();
  return faults
    .filter((live) => canAct(live, now - live.addedAt))
    .map(({ fault: { proxy, name, type }, addedAtWall }) => ({ proxy, name, type, addedAt: addedAtWall }));
}

function canAct({ enabled, fault: { times, toxicity, when }, hits }: LiveFault, elapsed: number): boolean {
  if (!enabled || toxicity === 0 || (times !== null && hits >= times)) return false;
  return when.until === undefined || elapsed < when.until;
}
