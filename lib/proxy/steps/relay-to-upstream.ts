import type { ConnectionMethodName } from '../../amqp/connection-methods.js';
import { quadOf } from '../../amqp/header.js';
import type { Outcome } from '../outcome.js';
import { Relay } from '../relay.js';
import { relayedOutcome } from '../relayed-outcome.js';
import type { Session } from '../session.js';
import { TrafficObserver } from '../traffic-observer.js';
import { methodPassed } from './put-faults-in-front.js';

/** Dials the upstream and relays until both sides are gone. */
export async function relayToUpstream(session: Session): Promise<Outcome> {
  const { context, record, timing, peer } = session;
  const observer = new TrafficObserver(session, {
    isClassified: session.verdict !== null,
    passed: (method) => passed(session, observer, method),
  });
  session.observer = observer;
  session.keepAlive();
  const { deadline } = session;
  if (deadline) deadline.due = () => timeIsUp(session, observer);
  const relayed = await startRelay(session, observer).done;
  if (relayed.connectedAt !== null) timing.steps.upstreamConnectMs = timing.since(relayed.connectedAt);
  if (relayed.unreachable !== null) context.dialFailed(relayed.unreachable);
  if (context.mode === 'observe' && peer.received === 0) record.begin(relayed.by === 'client');
  if (observer.follower.answer !== null) session.upstreamMet();
  return relayedOutcome(session, observer, relayed);
}

function startRelay(session: Session, observer: TrafficObserver): Relay {
  const { context } = session;
  const isGuarded = context.mode === 'guard';
  const octets = session.takeRead() ?? [];
  // In observe mode nothing was peeked at, so the faults have not seen these octets either.
  const throughFaults = isGuarded ? undefined : session.faulted;
  const relay = new Relay(session.client, throughFaults ? [] : octets, {
    target: {
      ...context.upstream,
      connectTimeout: context.connectTimeout,
      keepAlive: context.tcpKeepAlive,
      lookup: context.lookup,
    },
    origination: context.upstreamTls,
    // In observe mode the client sees what Toxiproxy shows it.
    whenUnreachable: isGuarded ? 'rst' : 'fin',
    clock: context.clock,
    observer,
    introduction: context.proxyProtocol.introduce(session.record.ends),
  });
  session.relay = relay;
  throughFaults?.begin(octets);
  return relay;
}

function passed(session: Session, observer: TrafficObserver, method: ConnectionMethodName): void {
  const { record, deadline, context } = session;
  record.passed(method);
  methodPassed(session, method);
  if (method === 'connection.start') learnStart(session, observer);
  const isOpen = method === 'connection.open-ok';
  if (isOpen || hasAnsweredWithClose(observer)) deadline?.stop();
  if (!isOpen) return;
  observer.opened();
  if (context.observe === 'handshake') observer.follower.stop();
}

/** The broker's answer to a protocol header is needed where the proxy answers health checks, perhaps only later. */
function learnStart({ context, answering, header }: Session, observer: TrafficObserver): void {
  const quad = quadOf(header);
  if (quad === undefined || (answering === null && context.starts.has(quad))) return;
  context.starts.learn(quad, observer.recorded ?? []);
}

/** A broker answers a client's Close, or sends one, only when its own handshake timeout no longer applies. */
function hasAnsweredWithClose({ follower: { conversation } }: TrafficObserver): boolean {
  if (conversation === null) return false;
  const { close, stage, brokerError } = conversation;
  return stage === 'closed' || close?.by === 'upstream' || brokerError !== null;
}

/** The handshake timeout is due. The broker started its own timer only when it was dialed, and may be asleep. */
function timeIsUp(session: Session, observer: TrafficObserver): void {
  const asleep = observer.pendingAnswer.sleepsOn(observer.follower.conversation);
  if (asleep > 0) {
    session.deadline?.putOff(asleep);
    return;
  }
  session.isTimedOut = true;
  observer.ended('proxy');
  session.faulted?.dispose();
  session.relay?.reset();
}
