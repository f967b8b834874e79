import type { Conversation } from '../amqp/conversation.js';
import { quadOf } from '../amqp/header.js';
import { endReason, type Followed } from '../rules/end-reason.js';
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
  // What a fault changed on its way may never have reached the broker.
  const isChanged = faults.hits.length > 0;
  const end = endReason({
    by,
    clientSent: peer.sent,
    upstreamClosed: observer.upstreamEndedAt !== null,
    unreachable,
    stopped: session.isStopped,
    timedOut: session.isTimedOut,
    received: peer.received,
    header,
    quad: quadOf(header) ?? null,
    answer: follower.answer,
    followed: isChanged ? withoutPending(follower.conversation) : follower.conversation,
    unobserved: context.observe === 'handshake' && record.stage === 'running',
    lasted: answeredUntil - session.handshakeAt,
    silent: endedAt - observer.heardAt,
    unanswered: pendingAnswer.unanswered(answeredUntil),
    handshakeTimeout: context.handshakeTimeout,
  });
  return { decision: 'forward', ...end, by };
}

/** What the broker has not answered may never have reached it. */
function withoutPending(conversation: Conversation | null): Followed | null {
  if (conversation === null) return null;
  const {
    stage,
    handshake,
    hasStart,
    answersRefusedLogin,
    failure,
    broken,
    close,
    refusedOpen,
    brokerError,
    callback,
  } = conversation;
  return {
    stage,
    handshake,
    hasStart,
    answersRefusedLogin,
    pending: null,
    failure,
    broken,
    close,
    refusedOpen,
    brokerError,
    callback,
  };
}
