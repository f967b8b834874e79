import type { EventStream } from '../control/event-stream.js';
import type { Log } from '../report/log.js';
import type { ScenarioChanged } from '../running/scenarios.js';

/** Returns what publishes the start and the end of scenarios as events, and logs why one has failed. */
export const publishScenarios =
  (log: Log, events: EventStream) =>
  (change: ScenarioChanged): void => {
    if (change.action === 'ended' && change.problem !== null)
      log.say('error', `${change.id} has ended: ${change.problem}`);
    events.publish('scenario', change);
  };
