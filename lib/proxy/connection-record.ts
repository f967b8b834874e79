import { ACCEPTED, type HeaderRules } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import type { Follower } from '../amqp/follower.js';
import { type Handshake, NOTHING_SAID } from '../amqp/handshake.js';
import type { Reason } from '../amqp/reason.js';
import type { Stage } from '../amqp/stage.js';
import type { Gate } from '../faults/handshake/gate.js';
import type { Ends } from '../proxy-protocol/header.js';
import type { ReportExtras } from '../report/events.js';
import type { Facts } from '../report/facts.js';
import type { OpenConnection, Report } from '../report/report.js';
import { reportOf } from '../report/report-of.js';
import { brokerClosed } from '../rules/end-reason.js';
import { ClientHelloReader } from '../tls/client-hello.js';
import type { ConnectionContext } from './connection-context.js';
import { ConnectionFaults } from './faulted/connection-faults.js';
import type { Outcome } from './outcome.js';
import type { ClientPeer } from './peer/secured-client.js';
import type { UpstreamPeer } from './peer/secured-upstream.js';
import type { ClientAddresses } from './proxy-protocol.js';
import { Timing } from './timing.js';

/** What is known of one connection, and how it is reported: while it is open, and when it has ended. */
export class ConnectionRecord {
  readonly id: string;
  readonly rules: HeaderRules;
  readonly timing: Timing;
  readonly faults: ConnectionFaults;
  /** The client's first 8 octets at most. */
  header: Uint8Array = ACCEPTED.seen;
  /** The header is one that goes on. */
  isAccepted = false;
  tls: Facts['tls'] = null;
  /** Of a connection that is forwarded. */
  follower: Follower | null = null;
  upstream: UpstreamPeer | null = null;
  /** In front of a client that has faults. */
  gate: Gate | null = null;
  /** The client: inside TLS, if the proxy terminates it. */
  peer: ClientPeer;
  /** Who it is from; a PROXY header may tell better. */
  addresses: ClientAddresses;
  /** The address that the client reached. */
  private readonly listen: string;
  private readonly context: ConnectionContext;
  private stageTold: Stage = 'header';
  private hasBegun = false;
  /** The broker's fault with it has been reported. */
  private hasError = false;

  constructor(
    id: string,
    from: { readonly addresses: ClientAddresses; readonly listen: string; readonly peer: ClientPeer },
    context: ConnectionContext,
  ) {
    this.id = id;
    this.context = context;
    this.timing = new Timing(context.clock);
    this.addresses = from.addresses;
    this.listen = from.listen;
    this.peer = from.peer;
    this.rules = context.rules();
    this.faults = new ConnectionFaults(context.faults, (fault) => {
      context.faultActed({ ...this.event(), fault, stage: this.stage });
    });
  }

  /** The client's IP address. */
  get source(): string | null {
    return this.addresses.client?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? null;
  }

  /** The two ends of the client's connection: to the balancer if it named them, else to us. */
  get ends(): Ends | null {
    const { client, destination } = this.addresses;
    return client === null ? null : { source: client, destination: destination ?? this.listen };
  }

  get stage(): Stage {
    if (this.follower !== null) return this.follower.stage;
    // A good header was not forwarded, because its client was gone by then.
    return this.isAccepted ? 'starting' : 'header';
  }

  /** The connection has begun as RabbitMQ sees it. It is reported once. @param byEnd with its end, and no octet */
  begin(byEnd: boolean): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.context.accepting({ ...this.event(), byEnd });
  }

  /** The broker has found fault with the connection, and has said so in its log. It is reported once. */
  found(reason: Reason): void {
    if (this.hasError) return;
    this.hasError = true;
    this.context.connectionError({ ...this.event(), ...this.followed(), reason });
  }

  /** A method of the Connection class has passed. */
  passed(method: ConnectionMethodName): void {
    const { context, follower, timing } = this;
    const conversation = follower?.conversation;
    if (!follower || !conversation) return;
    const { steps } = timing;
    if (method === 'connection.start') steps.startMs ??= timing.elapsed();
    if (method === 'connection.start-ok') context.introduced({ ...this.event(), ...this.followed() });
    if (method === 'connection.tune') steps.tuneMs ??= timing.elapsed();
    if (method === 'connection.open-ok') steps.openMs ??= timing.elapsed();
    // AMQP 1.0 brokers introduce themselves when all is done.
    if (method === 'connection.start' || method === 'connection.open-ok') context.met(follower, this.header);
    if (follower.stage !== this.stageTold) {
      this.stageTold = follower.stage;
      context.stage({ ...this.event(), stage: follower.stage, ...this.followed() });
    }
    if (conversation.brokerError !== null)
      this.found(brokerClosed(conversation.brokerError, conversation.handshake).reason);
  }

  /**
   * A ClientHello that passes, or is refused, is looked at.
   *
   * @returns whether all of it is known
   */
  readHello(octets: readonly Uint8Array[], reader: ClientHelloReader = new ClientHelloReader()): boolean {
    for (const each of octets) reader.add(each);
    if (reader.hello !== null && !this.tls?.terminated) this.tls = { ...reader.hello, terminated: false };
    return reader.isDone;
  }

  get summary(): OpenConnection {
    const { context, peer, addresses } = this;
    return {
      id: this.id,
      proxy: context.proxy,
      at: new Date(this.timing.at).toISOString(),
      client: addresses.client,
      via: addresses.via,
      listen: this.listen,
      upstream: this.upstream ? context.upstream.label : null,
      stage: this.stage,
      octets: { received: peer.received, sent: peer.written },
      handshake: this.handshake,
      upstreamOctets: this.upstreamOctets,
    };
  }

  /** Tells how it ended. */
  end(outcome: Outcome): void {
    this.context.report(this.reportOf(outcome), outcome.reason, this.extras);
  }

  private get extras(): ReportExtras {
    return { upstreamOctets: this.upstreamOctets, isLocal: this.addresses.isLocal };
  }

  private get upstreamOctets(): Report['octets'] | null {
    const { upstream } = this;
    return upstream ? { received: upstream.received, sent: upstream.written } : null;
  }

  private event() {
    const { context, id, addresses, listen } = this;
    return {
      id,
      proxy: context.proxy,
      time: this.timing.now,
      client: addresses.client,
      listen: addresses.destination ?? listen,
      dialect: this.rules.dialect,
    };
  }

  private followed() {
    const { protocol = '0-9-1', handshake = NOTHING_SAID } = this.follower?.conversation ?? {};
    return { protocol, handshake } as const;
  }

  private reportOf({ decision, reason, inferred, by }: Outcome): Report {
    const { context, peer, upstream, faults } = this;
    const conversation = this.follower?.conversation;
    return reportOf({
      id: this.id,
      proxy: context.proxy,
      at: this.timing.at,
      durationMs: this.timing.elapsed(),
      ...this.addresses,
      listen: this.listen,
      upstream: upstream ? context.upstream.label : null,
      decision: faults.hits.length > 0 ? 'fault' : decision,
      stage: this.stage,
      dialect: this.rules.dialect,
      reason,
      inferred,
      header: this.header,
      handshakeTimeout: context.handshakeTimeout,
      ended: {
        by,
        clientSent: peer.sent,
        clientSaw: peer.saw,
        upstreamSent: upstream?.sent ?? null,
        upstreamSaw: upstream?.saw ?? null,
      },
      octets: { received: peer.received, sent: peer.written },
      timing: this.timing.steps,
      handshake: this.handshake,
      connectionClose: faults.connectionClose ?? conversation?.close ?? null,
      fault: faults.last,
      faults: faults.hits,
      explained: faults.explained,
      unreadable: conversation?.unreadable ?? null,
      hasStartOk: conversation?.hasStartOk ?? false,
      tls: this.tls,
    });
  }

  /** A fault may keep back from the broker what its client said of itself. */
  private get handshake(): Handshake | null {
    const said = this.follower?.conversation?.handshake ?? NOTHING_SAID;
    const { product = null, user = null, vhost = null } = this.gate?.knows ?? {};
    const isMore = (said.product ?? product) !== said.product || (said.user ?? user) !== said.user;
    const all =
      isMore || (said.vhost ?? vhost) !== said.vhost
        ? { ...said, product: said.product ?? product, user: said.user ?? user, vhost: said.vhost ?? vhost }
        : said;
    return all === NOTHING_SAID ? null : all;
  }
}
