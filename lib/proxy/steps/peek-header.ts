import { HEADER_LENGTH } from '../../amqp/header.js';
import { beginsHello } from '../../tls/client-hello.js';
import { Deadline } from '../deadline.js';
import { peek } from '../peek.js';
import type { Session } from '../session.js';
import type { StepResult } from './step.js';

/** Waits for the protocol header within the handshake timeout and classifies it. In observe mode only a health check is not forwarded unread. */
export function peekHeader(session: Session): StepResult | Promise<StepResult> {
  return session.context.mode === 'guard' || isAnsweredHere(session) ? classify(session) : undefined;
}

function isAnsweredHere({ healthCheck }: Session): boolean {
  return healthCheck === 'local' || typeof healthCheck === 'object';
}

async function classify(session: Session): Promise<StepResult> {
  const { context, faulted, record, rules, timing } = session;
  const { clock, handshakeTimeout } = context;
  // Rounded up, because a timer must not fire a fraction of a ms early.
  const deadline = new Deadline(clock, Math.ceil(handshakeTimeout - (clock.ticks() - session.handshakeAt)));
  session.deadline = deadline;
  if (faulted?.isHolding) deadline.suspend();
  const first = session.takeRead();
  session.peeked = [];
  // With faults, the octets that were read already pass through them like all that follow.
  const seeing = peek(
    session.client,
    rules,
    deadline,
    (byEnd) => record.begin(byEnd),
    faulted ? undefined : first,
    session.peeked,
  );
  faulted?.begin(first);
  const seen = await seeing;
  session.verdict = seen.verdict;
  session.sawHeader(seen.header);
  if (beginsHello(seen.header)) session.readHello(seen.octets);
  else if (seen.verdict.type === 'refuse') session.readForeign(seen.octets);
  if (seen.header.length === HEADER_LENGTH) timing.steps.headerMs = timing.elapsed();
  if (seen.verdict.type === 'forward') session.peer.noticeReset();
  else deadline.stop();
  return undefined;
}
