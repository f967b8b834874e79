import { ACCEPTED, step } from '../../amqp/classifier.js';
import { FaultedClient } from '../faulted/faulted-client.js';
import type { Session } from '../session.js';
import type { StepResult } from './step.js';

/** Puts the faults in front of the client, where its proxy has any. Those that act at accept do so now. */
export function putFaultsInFront(session: Session): StepResult {
  if (!session.context.faults.isUsed) return undefined;
  session.faulted = faultedClient(session);
  session.faulted.accepted();
  return undefined;
}

/** Does the same for a connection that was accepted before its proxy had a fault. */
export function putFaultsInFrontLate(session: Session): void {
  const { relay, observer, peer, peeked, header } = session;
  if (peer.closed) return;
  const faulted = faultedClient(session);
  session.faulted = faulted;
  relay?.replaceClient(faulted);
  const opened = observer?.isOpen ? observer.follower.opened : null;
  if (opened !== null) faulted.takeOverOpen(header, opened);
  else if (observer?.isOpen) faulted.takeOver([{ from: 'client', octets: header }]);
  else if (observer !== undefined) faulted.takeOver(observer.takeRecording());
  else faulted.takeOver(peeked?.map((octets) => ({ from: 'client', octets })) ?? null);
}

function faultedClient(session: Session): FaultedClient {
  session.keepAlive();
  const { context, rules, faults, record } = session;
  return new FaultedClient(session.peer, {
    faults: context.faults,
    clock: context.clock,
    setting: {
      dialect: rules.dialect,
      close: context.close,
      handshakeTimeout: context.handshakeTimeout,
      accepts: (octets) => step(ACCEPTED, { type: 'data', octets }, rules).verdict.type === 'forward',
    },
    connection: faults.number,
    source: session.source,
    decisions: faults.decisions,
    record: faults.record,
    heard: () => record.begin(false),
    holding: (isHolding) => {
      if (isHolding) session.deadline?.suspend();
      else session.deadline?.resume();
    },
    // What passes from now on is between the broker and the proxy.
    ended: () => session.observer?.follower.stop(),
  });
}
