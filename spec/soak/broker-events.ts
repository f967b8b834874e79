import type { Broker } from '../support/rabbitmq/broker.js';
import { pause, type SoakRun } from './soak-run.js';

/** Time between the start of the broker and its next end, in ms. */
const [SHORTEST, LONGEST] = [5_000, 40_000] as const;

/** How long the broker may take to start and to recover its queues, in ms. */
const RESTART = 180_000;
/** A run that is shorter has each once: most of its time would otherwise pass without a broker. In ms. */
const SHORT = 60_000;

/** Ends the broker with SIGKILL and in an orderly way, in turn, and starts it again each time, until the run is over. */
export async function endBroker(run: SoakRun, broker: Broker, interrupted: AbortSignal): Promise<void> {
  const { length, over, random, tally } = run;
  const between = Math.min(LONGEST, Math.max(SHORTEST, length / 3));
  for (;;) {
    await pause(between, over);
    if (over.aborted || (length < SHORT && tally.restarts > 0)) return;
    if (tally.kills <= tally.restarts) {
      await broker.kill();
      tally.kills += 1;
    } else {
      await broker.halt();
      tally.restarts += 1;
    }
    await pause(random.between(0, 2000), interrupted);
    if (!interrupted.aborted) await broker.restart(RESTART);
  }
}
