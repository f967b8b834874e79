import type { Reason } from '../../amqp/reason.js';
import { limitOf } from '../../faults/accept/acceptance.js';
import type { LiveFault } from '../../faults/live-fault.js';
import { type Dismissal, NO_FAREWELL } from '../outcome.js';
import { type Session, untilClosed } from '../session.js';
import type { StepResult } from './step.js';

/** Refuses a connection over a limit, waits as long as faults require, and drops a client that has already left. */
export function accept(session: Session): StepResult | Promise<StepResult> {
  const { limit, faults } = session;
  if (limit !== undefined) return overLimit(session, limit);
  const limits = faults.limits(session.source);
  if (limits.length > 0) return passLimits(session, limits).then(() => delayed(session));
  return delayed(session);
}

function delayed(session: Session): StepResult | Promise<StepResult> {
  const { faults, accepted } = session;
  if (faults.haveEndedIt) return undefined;
  const delay = accepted.closed ? 0 : faults.acceptDelay(session.source);
  return delay > 0 ? wait(session, delay).then(() => dropped(session)) : dropped(session);
}

/** Takes a token of each fault that limits new connections. Where none is left, the client is reset, or it waits. */
async function passLimits(session: Session, limits: readonly LiveFault[]): Promise<void> {
  const { accepted, faults, context } = session;
  for (const live of limits) {
    const bucket = context.faults.limits.of(live, context.clock);
    if (bucket.take()) continue;
    const isEnd = limitOf(live.fault)?.then === 'rst';
    faults.exceeds(live, isEnd);
    if (isEnd) {
      accepted.reset();
      return;
    }
    await hold(session, (end) => {
      session.delayChanged = () => {
        if (faults.isActive(live)) bucket.changed();
        else end();
      };
      return bucket.wait(end);
    });
  }
}

function overLimit({ record }: Session, reason: Reason): Dismissal {
  record.begin(false);
  return { decision: 'refuse', reason, inferred: false, by: 'proxy', farewell: NO_FAREWELL, close: 'rst' };
}

/** Waits `delay` ms, or until the faults are removed. */
function wait(session: Session, delay: number): Promise<void> {
  const { clock } = session.context;
  const startedAt = clock.ticks();
  return hold(session, (end) => {
    let timer = clock.start(end, delay);
    session.delayChanged = () => {
      clock.stop(timer);
      timer = clock.start(end, Math.max(0, session.faults.acceptDelayNow - (clock.ticks() - startedAt)));
    };
    return () => clock.stop(timer);
  });
}

/**
 * Reads nothing from the client until a wait is over, unless the client leaves. A FIN after octets is not noticed.
 *
 * @param begin begins to wait, and calls `end` when that is over. It returns a function that stops waiting
 */
async function hold(session: Session, begin: (end: () => void) => () => void): Promise<void> {
  const { accepted } = session;
  session.keepAlive();
  accepted.hold();
  await new Promise<void>((resolve) => {
    let stop: (() => void) | undefined;
    const end = (): void => {
      stop?.();
      resolve();
    };
    accepted.listener = { ...untilClosed(end), ended: end };
    stop = begin(end);
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
