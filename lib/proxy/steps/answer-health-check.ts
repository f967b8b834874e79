import { HEADER_LENGTH } from '../../amqp/header.js';
import type { Check } from '../../health-check/answering.js';
import { headerStyle } from '../../health-check/header-style.js';
import type { FailWith } from '../../health-check/health-checks.js';
import { Deadline } from '../deadline.js';
import { keepSilent } from '../keep-silent.js';
import { answerLocally } from '../local-answer.js';
import { type Dismissal, NO_FAREWELL } from '../outcome.js';
import type { Session } from '../session.js';
import { closeOf } from './refuse.js';
import type { StepResult } from './step.js';

/** Decides by its source whether a connection is a health check that is not forwarded. One that has to fail at once goes no further. */
export function recognizeHealthCheck(session: Session): StepResult | Promise<StepResult> {
  const { context } = session;
  const { current } = context.faults.answering;
  const answering = current === undefined ? context.answering : current;
  if (answering === null) return undefined;
  session.answering = answering;
  decide(session, null);
  return failAtOnce(session);
}

/** Answers a health check whose first octets have been read. */
export function answerHealthCheck(session: Session): StepResult | Promise<StepResult> {
  const { verdict, header, peer, deadline } = session;
  if (session.healthCheck === 'forward' || verdict === null || header.length < HEADER_LENGTH) return undefined;
  const isGood = verdict.type === 'forward';
  if (session.healthCheck === 'later') {
    decide(session, headerStyle(header, isGood));
    const failing = failAtOnce(session);
    if (failing !== undefined) return failing;
  }
  // A client that has reset the connection gets no answer.
  if (!isGood || peer.sent === 'rst') return undefined;
  const { healthCheck } = session;
  if (typeof healthCheck === 'object') {
    return failed(session, healthCheck.fail, {
      farewell: session.rules.dialect.badHeaderFarewell,
      close: closeOf(session),
    });
  }
  if (healthCheck !== 'local' || deadline === undefined) return undefined;
  session.isAccepted = true;
  return answerLocally(session, verdict.quad, deadline, closeOf(session));
}

function decide(session: Session, style: Check['style']): void {
  const { answering, addresses, context, source } = session;
  const { client, isLocal } = addresses;
  if (answering === null || client === null) return;
  const isRecognized = (): boolean => context.sources?.recognizes(context.proxy, source) ?? false;
  session.healthCheck = answering.decide({ client, isLocal, style, isRecognized });
  if (session.healthCheck === 'local') session.healthCheckAnswer = 'local';
}

function failAtOnce(session: Session): StepResult | Promise<StepResult> {
  const { healthCheck, record } = session;
  if (typeof healthCheck === 'string' || healthCheck.fail === 'refuse') return undefined;
  if (healthCheck.fail === 'silence') return failSilently(session);
  record.begin(false);
  return failed(session, 'rst', { close: 'rst' });
}

async function failSilently(session: Session): Promise<Dismissal> {
  const { context, record, client, header } = session;
  const { clock, handshakeTimeout } = context;
  session.deadline?.stop();
  const deadline = new Deadline(clock, Math.ceil(handshakeTimeout - (clock.ticks() - session.handshakeAt)));
  session.deadline = deadline;
  const saw = (octets: Uint8Array, byEnd: boolean): void => {
    record.begin(byEnd);
    session.sawHeader(octets);
  };
  const by = await keepSilent(client, deadline, header, saw, session.takeRead());
  record.begin(false);
  return { ...failed(session, 'silence', { close: context.close }), by };
}

function failed(
  session: Session,
  failWith: FailWith,
  how: { readonly farewell?: Uint8Array; readonly close: Dismissal['close'] },
): Dismissal {
  session.healthCheckAnswer = 'fail';
  const reason = { name: 'health_check_failed', failWith } as const;
  return { decision: 'refuse', reason, inferred: false, by: 'proxy', farewell: NO_FAREWELL, ...how };
}
