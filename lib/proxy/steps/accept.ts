import type { Reason } from '../../amqp/reason.js';
import { type Dismissal, NO_FAREWELL } from '../outcome.js';
import { type Session, untilClosed } from '../session.js';
import type { StepResult } from './step.js';

/** Refuses a connection over a limit, waits as long as a fault requires, and drops a client that has already left. */
export function accept(session: Session): StepResult | Promise<StepResult> {
  const { limit } = session;
  if (limit !== undefined) return overLimit(session, limit);
  const delay = session.faults.acceptDelay(session.source);
  return delay > 0 ? wait(session, delay).then(() => dropped(session)) : dropped(session);
}

function overLimit({ record }: Session, reason: Reason): Dismissal {
  record.begin(false);
  return { decision: 'refuse', reason, inferred: false, by: 'proxy', farewell: NO_FAREWELL, close: 'rst' };
}

/**
 * Reads nothing from the client for `delay` ms, unless the client leaves or the faults are removed. A FIN after octets is not
 * noticed.
 */
async function wait(session: Session, delay: number): Promise<void> {
  const { accepted, context } = session;
  const { clock } = context;
  const startedAt = clock.ticks();
  session.keepAlive();
  accepted.hold();
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clock.stop(timer);
      resolve();
    };
    let timer = clock.start(end, delay);
    session.delayChanged = () => {
      clock.stop(timer);
      timer = clock.start(end, Math.max(0, session.faults.acceptDelayNow - (clock.ticks() - startedAt)));
    };
    accepted.listener = { ...untilClosed(end), ended: end };
  });
  session.delayChanged = undefined;
  accepted.listener = untilClosed(() => {});
  accepted.resume();
  session.restartHandshake();
}

/** A client that was reset before it was accepted has no address any more. RabbitMQ logs nothing for it, nor after a delay. */
function dropped({ accepted, addresses, isStopped }: Session): Dismissal | undefined {
  if ((addresses.client !== null && accepted.sent !== 'rst') || isStopped) return undefined;
  accepted.discard();
  const reason = { name: 'connection_closed_with_no_data_received' } as const;
  return { decision: 'none', reason, inferred: false, by: 'client', farewell: NO_FAREWELL, close: 'rst' };
}
