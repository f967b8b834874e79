import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import { completed, type Handshake, NOTHING_SAID } from '../amqp/handshake.js';
import type { Reason } from '../amqp/reason.js';
import type { Stage } from '../amqp/stage.js';
import type { Ends } from '../proxy-protocol/header.js';
import type { Facts } from '../report/facts.js';
import type { FaultHit, OpenConnection, Report } from '../report/report.js';
import { reportOf } from '../report/report-of.js';
import { brokerClosed } from '../rules/end-reason.js';
import { isoTime } from '../text/iso-time.js';
import type { Outcome } from './outcome.js';
import type { Session } from './session.js';

/**
 * Reports one connection: its events while it is open, and its report when it has ended. It reads the session and changes
 * nothing.
 */
export class ConnectionRecord {
  private readonly session: Session;
  private reportedStage: Stage = 'header';
  private hasBegun = false;
  private isRejected = false;

  constructor(session: Session) {
    this.session = session;
  }

  /** The two ends of the client's connection: as the balancer's PROXY header names them, or else those of the socket. */
  get ends(): Ends | null {
    const { addresses, listen } = this.session;
    const { client, destination } = addresses;
    return client === null ? null : { source: client, destination: destination ?? listen };
  }

  get stage(): Stage {
    const { observer, isAccepted } = this.session;
    if (observer !== undefined) return observer.follower.stage;
    // The header was good but was not forwarded, because its client had left.
    return isAccepted ? 'starting' : 'header';
  }

  /**
   * The connection has begun from RabbitMQ's point of view: at its first octet, or at its end. Only the first call is reported.
   *
   * @param byEnd whether it began at its end
   */
  begin(byEnd: boolean): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const { context } = this.session;
    if (context.isHeard('accepting')) context.emit('accepting', { ...this.event(), byEnd });
  }

  /** The broker has logged an error about the connection. Only the first call is reported. */
  rejected(reason: Reason): void {
    if (this.isRejected) return;
    this.isRejected = true;
    const { context } = this.session;
    if (context.isHeard('connectionError')) context.emit('connectionError', { ...this.followed(), reason });
  }

  faultActed(fault: FaultHit): void {
    this.session.context.emit('faultActed', { ...this.event(), fault, stage: this.stage });
  }

  /** A method of the Connection class has passed. */
  passed(method: ConnectionMethodName): void {
    const { session } = this;
    const { context, observer, timing } = session;
    const conversation = observer?.follower.conversation;
    if (!observer || !conversation) return;
    const { follower } = observer;
    const { steps } = timing;
    if (method === 'connection.start') steps.startMs ??= timing.elapsed();
    if (method === 'connection.start-ok' && context.isHeard('introduced')) context.emit('introduced', this.followed());
    if (method === 'connection.tune') steps.tuneMs ??= timing.elapsed();
    if (method === 'connection.tune-ok') steps.tuneOkMs ??= timing.elapsed();
    if (method === 'connection.open-ok') steps.openMs ??= timing.elapsed();
    // AMQP 1.0 brokers identify themselves only when the handshake is complete.
    if (method === 'connection.start' || method === 'connection.open-ok') session.upstreamMet();
    context.accepted.payload = Math.max(context.accepted.payload, follower.accepted);
    if (follower.stage !== this.reportedStage) {
      this.reportedStage = follower.stage;
      if (context.isHeard('stage')) context.emit('stage', { ...this.followed(), stage: follower.stage });
    }
    const { brokerError, handshake } = conversation;
    if (brokerError !== null) this.rejected(brokerClosed(brokerError, handshake).reason);
  }

  /** The connection as it is while it is open. */
  get summary(): OpenConnection {
    const { id, context, addresses, listen, timing, relay, peer } = this.session;
    return {
      id,
      proxy: context.proxy,
      at: isoTime(timing.at),
      client: addresses.client,
      via: addresses.via,
      listen,
      upstream: relay ? context.upstream.label : null,
      stage: this.stage,
      octets: { received: peer.received, sent: peer.written },
      handshake: this.handshake,
      upstreamOctets: this.upstreamOctets,
    };
  }

  /** Emits the report, if anyone listens. */
  end(outcome: Outcome): void {
    const { context, timing } = this.session;
    if (!context.isHeard('report')) return;
    const extras = { upstreamOctets: this.upstreamOctets, acceptedAt: timing.at, form: context.rules().dialect };
    context.emit('report', this.reportOf(outcome), outcome.reason, extras);
  }

  private get upstreamOctets(): Report['octets'] | null {
    const upstream = this.session.relay?.upstream;
    return upstream ? { received: upstream.received, sent: upstream.written } : null;
  }

  private event() {
    const { context, id, addresses, listen, timing, dialect } = this.session;
    return {
      id,
      proxy: context.proxy,
      time: timing.now,
      client: addresses.client,
      listen: addresses.destination ?? listen,
      dialect,
      form: context.rules().dialect,
    };
  }

  private followed() {
    const { protocol = '0-9-1', handshake = NOTHING_SAID } = this.session.observer?.follower.conversation ?? {};
    return { ...this.event(), protocol, handshake } as const;
  }

  private reportOf({ decision, reason, inferred, by }: Outcome): Report {
    const { id, context, addresses, listen, timing, dialect, header, accepted, peer, relay, observer, faults, tls } =
      this.session;
    const conversation = observer?.follower.conversation;
    const upstream = relay?.upstream;
    const facts: Facts = {
      id,
      proxy: context.proxy,
      at: timing.at,
      durationMs: timing.elapsed(),
      client: addresses.client,
      via: addresses.via,
      destination: addresses.destination,
      isLocal: addresses.isLocal,
      proxyHeader: this.session.proxyHeader,
      request: this.session.request,
      listen,
      upstream: upstream ? context.upstream.label : null,
      decision: faults.hits.length > 0 ? 'fault' : decision,
      stage: this.stage,
      dialect,
      reason,
      inferred,
      header,
      handshakeTimeout: context.handshakeTimeout,
      sendsProxyHeader: context.proxyProtocol.introduce(null) !== undefined,
      due: observer?.due ?? null,
      ended: {
        by,
        clientSent: accepted.vanished ? null : peer.sent,
        // A client that is closed during its TLS handshake is closed below TLS.
        clientSaw: peer.saw ?? accepted.saw,
        upstreamSent: upstream?.vanished ? null : (upstream?.sent ?? null),
        upstreamSaw: upstream?.saw ?? null,
      },
      vanished: this.session.hasVanished(by),
      octets: { received: peer.received, sent: peer.written },
      timing: timing.steps,
      handshake: this.handshake,
      connectionClose: faults.connectionClose ?? this.session.connectionClose ?? conversation?.close ?? null,
      healthCheckAnswer: this.session.healthCheckAnswer,
      fault: faults.last,
      faults: faults.hits,
      explained: faults.explained,
      omitted: faults.omitted,
      unreadable: observer?.follower.unreadable ?? null,
      upstreamAddress: upstream?.address ?? null,
      hasStart: conversation?.hasStart ?? false,
      hasStartOk: conversation?.hasStartOk ?? false,
      hasChannel: context.observe === 'handshake' || (conversation?.hasChannel ?? false),
      tls,
    };
    return reportOf(facts, context.sources);
  }

  /** A fault may keep from the broker what the client said. */
  private get handshake(): Handshake | null {
    const { observer, faulted } = this.session;
    const passed = observer?.follower.conversation?.handshake ?? NOTHING_SAID;
    const said = faulted?.gate.said ?? NOTHING_SAID;
    if (said === NOTHING_SAID || said === passed) return passed === NOTHING_SAID ? null : passed;
    return completed(passed, said);
  }
}
