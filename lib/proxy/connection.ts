import type { Socket } from 'node:net';
import { isLoggedAsException, type Reason } from '../amqp/reason.js';
import type { Timer } from '../clock.js';
import type { Close } from '../close.js';
import { ConfigError } from '../errors.js';
import { closeOnRequest } from '../faults/close-on-request.js';
import type { OpenConnection, OpenNow } from '../report/report.js';
import { addressOf } from '../text/address-of.js';
import type { ConnectionContext } from './connection-context.js';
import type { Member } from './crowd.js';
import { NO_FAREWELL, type Outcome, onRequest, STOPPED } from './outcome.js';
import { AcceptedPeer } from './peer/accepted-peer.js';
import { Session, untilClosed } from './session.js';
import { accept } from './steps/accept.js';
import { answerHealthCheck, recognizeHealthCheck } from './steps/answer-health-check.js';
import { peekHeader } from './steps/peek-header.js';
import { faultsChanged, putFaultsInFront, putFaultsInFrontLate } from './steps/put-faults-in-front.js';
import { refuse } from './steps/refuse.js';
import { relayToUpstream } from './steps/relay-to-upstream.js';
import type { Step } from './steps/step.js';
import { takeProxyHeader } from './steps/take-proxy-header.js';
import { terminateTls } from './steps/terminate-tls.js';

/** The way of every connection. A step returns an outcome to end the connection, or nothing to go on with the next one. */
const STEPS: readonly Step[] = [
  accept,
  takeProxyHeader,
  recognizeHealthCheck,
  terminateTls,
  putFaultsInFront,
  peekHeader,
  answerHealthCheck,
  refuse,
  relayToUpstream,
];

/** How long a connection may take to end after it was stopped, in ms. It is then abandoned, whatever it waits for. */
const STOP_LIMIT = 3_000;

/** One client connection, from accept to its report. */
export class Connection implements Member {
  place = -1;
  /** The source address that it is counted under; null if sources were not counted when it was accepted. OpenConnections */
  countedUnder: string | null = null;
  private readonly session: Session;
  private isEndedOnRequest = false;
  private stopTimer: Timer | undefined;
  private whenEnded: (() => void) | undefined;

  /** @param limit the limit that this connection exceeds, if it exceeds one: it is then refused at once */
  constructor(id: string, socket: Socket, context: ConnectionContext, limit?: Reason) {
    this.session = new Session(id, context, {
      accepted: new AcceptedPeer(
        socket,
        untilClosed(() => {}),
      ),
      client: addressOf(socket.remoteAddress, socket.remotePort),
      listen: context.listen ?? addressOf(socket.localAddress, socket.localPort) ?? '',
      limit,
    });
  }

  /** Serves the client to its end, and reports. @param ended called once, after the report */
  serve(ended: () => void): void {
    this.whenEnded = ended;
    void this.run().then((outcome) => this.finish(outcome));
  }

  private finish(outcome: Outcome): void {
    const { session, whenEnded } = this;
    if (whenEnded === undefined) return;
    this.whenEnded = undefined;
    if (this.stopTimer !== undefined) session.context.clock.stop(this.stopTimer);
    session.deadline?.stop();
    session.faulted?.dispose();
    // The client was refused without a word from the broker, so this is known only now.
    if (isLoggedAsException(outcome.reason)) session.record.rejected(outcome.reason);
    session.timing.end();
    session.context.deferred.add(() => {
      session.record.end(this.isEndedOnRequest ? onRequest(outcome) : outcome);
      whenEnded();
    });
  }

  private async run(): Promise<Outcome> {
    const { session } = this;
    for (const step of STEPS) {
      const result = step(session);
      // A step that need not wait does not: octets may arrive in the next turn, and the next step must be listening.
      const outcome = result instanceof Promise ? await result : result;
      if (session.isStopped && !session.relay) return STOPPED;
      if (session.faults.haveEndedIt && !session.isStopped) return this.endedByFault();
      if (outcome === undefined) continue;
      if (!('farewell' in outcome)) return outcome;
      await session.dismiss(outcome.farewell, outcome.close);
      // A client that was gone before it could be refused closed first.
      return session.peer.saw === null ? { ...outcome, by: 'client' } : outcome;
    }
    return STOPPED;
  }

  private async endedByFault(): Promise<Outcome> {
    const { record, context, faults } = this.session;
    record.begin(context.mode === 'guard');
    await this.session.clientClosed();
    return faults.outcome;
  }

  /** Ends the connection within 3 s, because the proxy is stopped. @param close how the client is closed */
  stop(close: Close): void {
    const { session } = this;
    const { relay, client, faulted } = session;
    // It has ended, and is about to be reported.
    if (this.whenEnded === undefined) return;
    session.isStopped = true;
    this.stopTimer ??= session.context.clock.start(() => this.abandon(), STOP_LIMIT);
    faulted?.dispose();
    if (close === 'rst') (relay ?? client).reset();
    else if (relay) relay.leave();
    else client.dismiss(NO_FAREWELL, 'fin');
  }

  /** Nothing may keep a stopped connection open, not even an error in this program. */
  private abandon(): void {
    const { accepted, relay } = this.session;
    accepted.abandon();
    relay?.upstream.abandon();
    this.finish(relay ? { ...STOPPED, decision: 'forward' } : STOPPED);
  }

  /**
   * Ends the connection on request.
   *
   * @param close how the client is closed; 320 is an AMQP Connection.Close, CONNECTION_FORCED
   * @throws ConfigError when the connection is not open, so that a Connection.Close is not possible
   */
  end(close: Close | 320): void {
    if (close !== 320) {
      this.isEndedOnRequest = true;
      this.stop(close);
      return;
    }
    const { session } = this;
    const { context, record, observer } = session;
    const protocol = observer?.follower.conversation?.protocol;
    if (record.stage !== 'running' || protocol !== '0-9-1') {
      const found = protocol === '1.0' ? 'it is an AMQP 1.0 connection' : `its stage is ${record.stage}`;
      throw new ConfigError(`connection ${this.id} must be running AMQP 0-9-1 to be closed with 320; ${found}`);
    }
    const fault = closeOnRequest(context.proxy, context.clock);
    if (session.faulted) session.faulted.add(fault);
    else putFaultsInFrontLate(session, fault);
  }

  /** The faults of the proxy have changed. */
  faultsChanged(): void {
    this.session.delayChanged?.();
    faultsChanged(this.session);
  }

  /** Its number at its proxy: later ones have a higher one. */
  get number(): number {
    return this.session.faults.number;
  }

  get id(): string {
    return this.session.id;
  }

  /** How far it got. */
  get now(): OpenNow {
    const { context, timing, record } = this.session;
    return { proxy: context.proxy, stage: record.stage, at: timing.at, ageMs: timing.elapsed() };
  }

  get summary(): OpenConnection {
    return this.session.record.summary;
  }
}
