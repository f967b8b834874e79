import { ACCEPTED, step } from '../../amqp/classifier.js';
import type { ConnectionMethodName } from '../../amqp/connection-methods.js';
import { NOTHING_SAID } from '../../amqp/handshake.js';
import { type KnownOfGate, MOMENT_OF } from '../../faults/handshake/knowledge.js';
import type { LiveFault } from '../../faults/live-fault.js';
import { FaultedClient } from '../faulted/faulted-client.js';
import type { Session } from '../session.js';
import type { StepResult } from './step.js';

/** Puts the faults in front of the client, where any can act on it. Those that act at accept do so now. */
export function putFaultsInFront(session: Session): StepResult {
  const { context, faults } = session;
  if (context.faults.active.length === 0 || !faults.canAct(session.source)) return undefined;
  session.faulted = faultedClient(session);
  // On a proxy with `tls` they have acted before the TLS handshake.
  if (context.tls === null) session.faulted.accepted();
  else session.faulted.takeOver([]);
  return undefined;
}

/** The faults of the proxy have changed. */
export function faultsChanged(session: Session): void {
  const { faulted, relay, peeked, faults, tlsFaults } = session;
  tlsFaults?.changed();
  if (faulted) faulted.setFaults();
  else if ((relay || peeked) && faults.canAct(session.source, knownOf(session))) putFaultsInFrontLate(session);
}

/** A method has passed: faults that cannot act are decided on at their moment nevertheless. */
export function methodPassed(session: Session, method: ConnectionMethodName): void {
  const { faults, header, observer } = session;
  const { conversation } = observer?.follower ?? {};
  const moment = MOMENT_OF[method];
  if (moment !== undefined && conversation?.protocol === '0-9-1') {
    faults.reached(moment, conversation.handshake, header);
  }
}

function knownOf({ faults, header, observer }: Session): KnownOfGate {
  return faults.knownFrom(observer?.follower.conversation?.handshake ?? NOTHING_SAID, header);
}

/** Puts the faults in front of a client that has been connected for some time. @param own a fault for it alone */
export function putFaultsInFrontLate(session: Session, own?: LiveFault): void {
  const { relay, observer, peer, peeked, header } = session;
  if (peer.closed) return;
  const faulted = faultedClient(session, own);
  session.faulted = faulted;
  relay?.replaceClient(faulted);
  const opened = observer?.isOpen ? observer.follower.opened : null;
  if (opened !== null) faulted.takeOverOpen(header, opened);
  else if (observer?.isOpen) faulted.takeOver([{ from: 'client', octets: header }]);
  else if (observer !== undefined) faulted.takeOver(observer.recorded);
  else faulted.takeOver(peeked?.map((octets) => ({ from: 'client', octets })) ?? null);
}

function faultedClient(session: Session, own?: LiveFault): FaultedClient {
  session.keepAlive();
  const { context, rules, faults, record } = session;
  return new FaultedClient(session.peer, {
    faults: context.faults,
    clock: context.clock,
    setting: {
      // What the broker has said of itself counts from then on.
      get dialect() {
        return session.dialect;
      },
      close: context.close,
      handshakeTimeout: context.handshakeTimeout,
      accepts: (octets) => step(ACCEPTED, { type: 'data', octets }, rules).verdict.type === 'forward',
    },
    connection: faults.number,
    source: session.source,
    acceptedAt: session.timing.acceptedAt,
    hasUpstream: () => session.relay !== undefined,
    decisions: faults.decisions,
    record: faults.record,
    own,
    heard: () => record.begin(false),
    holding: (isHolding) => {
      if (isHolding) session.deadline?.suspend();
      else session.deadline?.resume();
    },
    canAct: (known) => faults.canAct(session.source, known),
    steppedAside: () => {
      session.faulted = undefined;
      session.relay?.replaceClient(session.peer);
    },
    // What passes from now on is between the broker and the proxy.
    ended: () => session.observer?.follower.stop(),
  });
}
