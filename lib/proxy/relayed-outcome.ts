import { quadOf } from '../amqp/header.js';
import { endReason } from '../rules/end-reason.js';
import type { Outcome } from './outcome.js';
import type { Relayed } from './relay.js';
import type { Session } from './session.js';
import type { TrafficObserver } from './traffic-observer.js';

/** Why a relayed connection ended, from what was seen of it. */
export function relayedOutcome(session: Session, observer: TrafficObserver, { by, unreachable }: Relayed): Outcome {
  const { context, peer, header, faults, record } = session;
  const { follower, pendingAnswer } = observer;
  const endedAt = observer.endedAt ?? context.clock.ticks();
  const answeredUntil = observer.upstreamEndedAt ?? endedAt;
  const end = endReason({
    by,
    clientSent: peer.sent,
    vanished: session.hasVanished(by),
    upstreamClosed: observer.upstreamEndedAt !== null,
    unreachable,
    stopped: session.isStopped,
    timedOut: session.isTimedOut,
    received: peer.received,
    header,
    quad: quadOf(header) ?? null,
    answer: follower.answer,
    followed: follower.conversation,
    isChanged: faults.hits.length > 0,
    unobserved: context.observe === 'handshake' && record.stage === 'running',
    lasted: answeredUntil - session.handshakeAt,
    silent: endedAt - observer.heardAt,
    unanswered: pendingAnswer.unanswered(answeredUntil),
    handshakeTimeout: context.handshakeTimeout,
  });
  return { decision: 'forward', ...end, by: faults.haveEndedIt ? 'proxy' : by };
}
