import type { Socket } from 'node:net';
import { ACCEPTED, type HeaderRules, type Step, step } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import { Follower } from '../amqp/follower.js';
import type { ConnectionClose, Following, Stage } from '../amqp/following.js';
import { type Handshake, NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import { isLoggedAsException, type Reason } from '../amqp/reason.js';
import { replyName } from '../amqp/reply-code.js';
import { ConfigError } from '../errors.js';
import { acceptDelayOf, actsAtAccept } from '../faults/accept/acceptance.js';
import type { Known } from '../faults/choice.js';
import { closeOnRequest } from '../faults/close-on-request.js';
import { Decisions } from '../faults/fault-list.js';
import type { KnownOfGate } from '../faults/handshake/knowledge.js';
import type { ProxyFaults } from '../faults/proxy-faults.js';
import type { Ends } from '../proxy-protocol/header.js';
import { type Facts, type OpenConnection, type Report, reportOf } from '../report/report.js';
import { decide } from '../rules/decide.js';
import { brokerClosed, endReason, type Followed } from '../rules/end-reason.js';
import { proxyHeaderReason } from '../rules/proxy-header-reason.js';
import { ClientHelloReader } from '../tls/client-hello.js';
import { AcceptedPeer } from './accepted-peer.js';
import { addressOf } from './address-of.js';
import type { Clock } from './clock.js';
import { Deadline } from './deadline.js';
import type { Accepting, Besides, ConnectionError, FaultActed, Introduced, StageReached } from './events.js';
import { type FaultEnd, FaultRecord } from './fault-record.js';
import { FaultedClient } from './faulted-client.js';
import { peek } from './peek.js';
import type { PeerListener } from './peer.js';
import { type HeaderRead, readProxyHeader } from './proxy-header.js';
import { type ProxyProtocol, type Told, told, untold } from './proxy-protocol.js';
import { type Onlooker, Relay } from './relay.js';
import type { ClientPeer } from './secured-client.js';
import { Tape } from './tape.js';
import { TLS_HANDSHAKE_TIMEOUT, terminate } from './terminate.js';
import type { Origination, Termination } from './tls-settings.js';

/** What the connections of one proxy share. */
export type ConnectionContext = {
  readonly proxy: string;
  /** The address that all clients reached, or null where each one's own must be asked for (a wildcard listener). */
  readonly listen: string | null;
  readonly upstream: { readonly label: string; readonly host: string; readonly port: number };
  /** Null: clients speak without TLS. */
  readonly tls: Termination | null;
  /** Null: the upstream is spoken to without TLS. */
  readonly upstreamTls: Origination | null;
  readonly mode: 'guard' | 'observe';
  readonly close: 'fin' | 'rst';
  readonly proxyProtocol: ProxyProtocol;
  /** ms */
  readonly handshakeTimeout: number;
  /** ms */
  readonly connectTimeout: number;
  /** How far a connection is followed. */
  readonly observe: 'all' | 'handshake';
  readonly clock: Clock;
  readonly faults: ProxyFaults;
  rules(): HeaderRules;
  accepting(accepting: Accepting): void;
  introduced(introduced: Introduced): void;
  stage(reached: StageReached): void;
  connectionError(error: ConnectionError): void;
  faultActed(acted: FaultActed): void;
  report(report: Report, reason: Reason, besides: Besides): void;
  /** The upstream has said what it is, or answered a header. */
  met(follower: Follower, header: Uint8Array): void;
};

type Outcome = Pick<Facts, 'decision' | 'reason' | 'inferred'> & { readonly by: Facts['ended']['by'] };

/** The proxy was stopped before there was anything to decide. */
const STOPPED: Outcome = { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };

const NOTHING_KNOWN: KnownOfGate = { moment: 'accept', header: null, product: null, user: null, vhost: null };

const hearNothing = (): void => {};
const discardOctets = (): boolean => true;
/** Hears only when the peer is gone. */
const untilClosed = (closed: () => void): PeerListener => ({
  octets: discardOctets,
  ended: hearNothing,
  drained: hearNothing,
  closed,
});
/** The first octet of a TLS client. */
const TLS_HANDSHAKE = 0x16;
const IGNORE = untilClosed(hearNothing);

/** What is decided of the faults of one connection, and what they did. */
type FaultWork = { readonly decisions: Decisions; readonly record: FaultRecord };

const NO_HITS: Report['faults'] = [];
const NOTHING_EXPLAINED: Report['explained'] = [];

/** How much later than the broker the proxy ends a connection over which the broker sleeps, in ms: the broker is to be first. */
const GRACE = 100;

/** One connection of a client: accept, peek, classify, decide, refuse or relay, report. */
export class Connection {
  readonly id: string;
  /** Who it is from; a PROXY header may tell better. */
  private told: Told;
  private readonly context: ConnectionContext;
  private readonly accepted: AcceptedPeer;
  /** The accepted one, or the same inside TLS. */
  private peer: ClientPeer;
  private readonly listen: string;
  private readonly rules: HeaderRules;
  private readonly at: number;
  private readonly acceptedAt: number;
  /** When the handshake timeout began: at accept, or behind the PROXY header, or the handshake of TLS. `Clock.ticks` */
  private handshakeAt: number;
  private readonly timing: { -readonly [step in keyof Facts['timing']]: number | null } = {
    headerMs: null,
    upstreamConnectMs: null,
    startMs: null,
    tuneMs: null,
    openMs: null,
  };
  private header: Uint8Array = ACCEPTED.seen;
  private tls: Facts['tls'] = null;
  private follower: Follower | undefined;
  private relay: Relay | undefined;
  private stage: Stage = 'header';
  /** The header is one that goes on. */
  private isAccepted = false;
  private stopped = false;
  private isEndedOnRequest = false;
  private deadline: Deadline | undefined;
  private timedOut = false;
  /** What the broker owes the client, and since when (`Clock.ticks`). */
  private owed: 'login' | 'open' | 'failure' | null = null;
  private owedSince: number;
  /** When the client last sent octets (`Clock.ticks`). */
  private heardAt: number;
  /** When the first of the two sides closed (`Clock.ticks`). */
  private endedAt: number | null = null;
  /** The broker's fault with it has been told. */
  private hasError = false;
  private hasBegun = false;
  /** Its number at the proxy, from 1. */
  private readonly number: number;
  /** Made with the first fault. */
  private faultWork: FaultWork | undefined;
  /** In front of the client as soon as its proxy has had a fault. */
  private faulted: FaultedClient | undefined;
  /** What was read while the header was awaited; null before and after. */
  private read: Uint8Array[] | null = null;
  /** Until its proxy has had a fault. */
  private tape: Tape | undefined;
  private isOpen = false;

  constructor(id: string, socket: Socket, context: ConnectionContext) {
    this.id = id;
    this.context = context;
    this.at = context.clock.wall();
    this.acceptedAt = context.clock.ticks();
    this.handshakeAt = this.acceptedAt;
    this.owedSince = this.acceptedAt;
    this.heardAt = this.acceptedAt;
    this.told = untold(addressOf(socket.remoteAddress, socket.remotePort));
    this.listen = context.listen ?? addressOf(socket.localAddress, socket.localPort) ?? '';
    this.accepted = new AcceptedPeer(socket, IGNORE);
    this.peer = this.accepted;
    this.rules = context.rules();
    context.faults.connections += 1;
    this.number = context.faults.connections;
  }

  /** Serves the client to its end, and reports. Never rejects. */
  async serve(): Promise<void> {
    const delay = this.acceptDelay();
    if (delay > 0) await this.wait(delay);
    const handled = await this.handle();
    const outcome = this.isEndedOnRequest ? onRequest(handled) : handled;
    this.deadline?.stop();
    this.faulted?.dispose();
    // A refusal that nobody told the client of is known only now.
    if (isLoggedAsException(outcome.reason)) this.found(outcome.reason);
    this.context.report(this.reportOf(outcome), outcome.reason, this.besides);
  }

  private async handle(): Promise<Outcome> {
    const { client } = this.told;
    if (this.stopped) return STOPPED;
    if (client === null) return this.discard();
    if (this.context.proxyProtocol.accept !== 'off') return this.takeProxyHeader(client);
    return this.speak();
  }

  /** @param first octets of the client that were read already */
  private speak(first?: readonly Uint8Array[]): Promise<Outcome> {
    const { tls } = this.context;
    return tls === null ? this.begun(first) : this.secure(tls, first);
  }

  /** How much later faults make us look at the connection, in ms. */
  private acceptDelay(): number {
    const { active } = this.context.faults;
    if (active.length === 0) return 0;
    const known: Known = { ...NOTHING_KNOWN, connection: this.number, source: this.source() };
    const { decisions, record } = this.work;
    const acting = active.filter((live) => actsAtAccept(live.fault) && decisions.decide(live, known) === 'acts');
    for (const { id, fault } of acting) record.add(id, fault, 'accept');
    return acceptDelayOf(acting.map(({ fault }) => fault));
  }

  /** Does not look at the client for so many ms. */
  private async wait(ms: number): Promise<void> {
    const { context, accepted } = this;
    accepted.hold();
    await new Promise<void>((resolve) => {
      const timer = context.clock.start(resolve, ms);
      accepted.listener = untilClosed(() => {
        context.clock.stop(timer);
        resolve();
      });
    });
    accepted.listener = IGNORE;
    accepted.resume();
    this.handshakeAt = context.clock.ticks();
  }

  private begun(first?: readonly Uint8Array[]): Promise<Outcome> {
    if (this.context.faults.isUsed) {
      this.faulted = this.faultedClient();
      this.faulted.accepted();
    }
    return this.context.mode === 'guard' ? this.guard(first) : this.forward(first ?? []);
  }

  /** Only then is it known who the client is, and its handshake begins. */
  private async takeProxyHeader(source: string): Promise<Outcome> {
    const { context, accepted } = this;
    // In its place the handshake of TLS may begin, and then has the time for that.
    const handshakeTimeout = context.tls === null ? context.handshakeTimeout : TLS_HANDSHAKE_TIMEOUT;
    const read = await readProxyHeader(accepted, source, { ...context, handshakeTimeout });
    if (this.stopped) return STOPPED;
    if (read.type === 'failed') return this.refuseUntold(read);
    if (read.type === 'taken') {
      this.told = told(read.header, source);
      this.handshakeAt = context.clock.ticks();
    }
    return this.speak(read.octets);
  }

  /** RabbitMQ tells nothing of such a connection: no `accepting`, no farewell. */
  private async refuseUntold({ failure, first }: Extract<HeaderRead, { type: 'failed' }>): Promise<Outcome> {
    this.header = first;
    await this.dismiss(ACCEPTED.seen, this.context.close);
    const [decision, by] = failure.why === 'closed' ? (['none', 'client'] as const) : (['refuse', 'proxy'] as const);
    return { decision, reason: proxyHeaderReason(failure, first), inferred: false, by: this.firstOf(by) };
  }

  /** The client's reset was there before accept: it has no address any more, and a broker would say nothing of it. */
  private async discard(): Promise<Outcome> {
    this.accepted.discard();
    await this.dismiss(ACCEPTED.seen, 'rst');
    return {
      decision: 'none',
      reason: { name: 'connection_closed_with_no_data_received' },
      inferred: false,
      by: 'client',
    };
  }

  /** The same inside TLS, whose handshake comes first. */
  private async secure(termination: Termination, first?: readonly Uint8Array[]): Promise<Outcome> {
    const { clock } = this.context;
    const done = await terminate(this.accepted, termination, clock, { since: this.handshakeAt, first });
    this.handshakeAt = clock.ticks();
    this.tls = { ...done.hello, terminated: true };
    if (done.client !== null) {
      this.peer = done.client;
      const outcome = this.begun();
      done.client.begin();
      return outcome;
    }
    this.header = done.header;
    if (this.stopped) return STOPPED;
    await this.dismiss(done.farewell, done.close);
    return { decision: done.decision, reason: done.reason, inferred: false, by: this.firstOf(done.by) };
  }

  /** Refuses the client unseen: a limit is reached. */
  async turnAway(reason: Reason): Promise<void> {
    this.begin(false);
    await this.dismiss(ACCEPTED.seen, 'rst');
    const report = this.reportOf({ decision: 'refuse', reason, inferred: false, by: 'proxy' });
    this.context.report(report, reason, this.besides);
  }

  /** Ends the connection at once, because the proxy is stopped. `close`: how the client sees it. */
  stop(close: 'fin' | 'rst'): void {
    this.stopped = true;
    this.faulted?.dispose();
    if (close === 'rst') (this.relay ?? this.client).reset();
    else if (this.relay) this.relay.leave();
    else this.client.dismiss(ACCEPTED.seen, 'fin');
  }

  /**
   * Ends the connection because somebody asks for it.
   *
   * @param close how the client sees it; 320 is a Close of AMQP, CONNECTION_FORCED
   * @throws ConfigError when it is not open enough for a Close
   */
  end(close: 'fin' | 'rst' | 320): void {
    if (close !== 320) {
      this.isEndedOnRequest = true;
      this.stop(close);
      return;
    }
    const stage = this.stageReached();
    if (stage !== 'running' || this.follower?.following?.protocol !== '0-9-1') {
      throw new ConfigError(
        `connection ${this.id} must be running AMQP 0-9-1 to be closed with 320; its stage is ${stage}`,
      );
    }
    if (!this.faulted) this.putFaultsInFront();
    this.faulted?.add(closeOnRequest(this.context.proxy, this.context.clock));
  }

  get summary(): OpenConnection {
    const { context, peer, told, relay } = this;
    return {
      id: this.id,
      proxy: context.proxy,
      at: new Date(this.at).toISOString(),
      client: told.client,
      via: told.via,
      listen: this.listen,
      upstream: relay ? context.upstream.label : null,
      stage: this.stageReached(),
      octets: { received: peer.received, sent: peer.written },
      handshake: this.handshakeOf(this.follower?.following?.handshake),
      upstreamOctets: this.upstreamOctets,
    };
  }

  private get besides(): Besides {
    return { upstreamOctets: this.upstreamOctets, isLocal: this.told.isLocal };
  }

  private get upstreamOctets(): Report['octets'] | null {
    const upstream = this.relay?.upstream;
    return upstream ? { received: upstream.received, sent: upstream.written } : null;
  }

  /** The faults of the proxy have changed. */
  faultsChanged(): void {
    if (this.faulted) this.faulted.setFaults();
    else if (this.relay || this.read) this.putFaultsInFront();
  }

  /** The client as those see it who look at it or relay it. */
  private get client(): ClientPeer {
    return this.faulted ?? this.peer;
  }

  /** Of a connection that was there before its proxy had a fault. */
  private putFaultsInFront(): void {
    const { relay, tape, follower, peer } = this;
    if (peer.closed) return;
    const faulted = this.faultedClient();
    this.faulted = faulted;
    relay?.replaceClient(faulted);
    const read = this.read?.map((octets) => ({ from: 'client', octets }) as const) ?? null;
    const taped = tape === undefined || tape.isTorn ? null : tape.passed;
    const passed = relay ? taped : read;
    this.tape = undefined;
    faulted.takeOver(passed, this.isOpen ? (follower?.underWay ?? null) : undefined);
  }

  private faultedClient(): FaultedClient {
    const { context, rules } = this;
    const { decisions, record } = this.work;
    return new FaultedClient(this.peer, {
      faults: context.faults,
      clock: context.clock,
      setting: {
        dialect: rules.dialect,
        close: context.close,
        handshakeTimeout: context.handshakeTimeout,
        accepts: (octets) => step(ACCEPTED, { type: 'data', octets }, rules).verdict.type === 'forward',
      },
      connection: this.number,
      source: this.source(),
      decisions,
      record,
      heard: () => this.begin(false),
      holding: (isHolding) => {
        if (isHolding) this.deadline?.suspend();
        else this.deadline?.resume();
      },
      // What passes now is between the broker and us.
      ended: () => this.follower?.stop(),
    });
  }

  /** The client's IP address. */
  private source(): string | null {
    return this.told.client?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') ?? null;
  }

  private get work(): FaultWork {
    this.faultWork ??= {
      decisions: new Decisions(this.context.faults.list),
      record: new FaultRecord((fault) => {
        this.context.faultActed({ ...this.event(), fault, stage: this.stageReached() });
      }),
    };
    return this.faultWork;
  }

  private get hits(): Report['faults'] {
    return this.faultWork?.record.hits ?? NO_HITS;
  }

  /** The fault that has ended it. */
  private get ending(): FaultEnd | null {
    return this.faultWork?.record.end ?? null;
  }

  /** Whether a fault has ended it. */
  private get isEndedByFault(): boolean {
    return this.ending !== null;
  }

  /** A fault has ended the connection before the broker was dialled. */
  private async leftByFault(): Promise<Outcome> {
    this.begin(false);
    await new Promise<void>((resolve) => {
      this.client.listener = untilClosed(resolve);
      if (this.peer.closed) resolve();
    });
    return this.faultOutcome();
  }

  private faultOutcome(): Outcome {
    const end = this.ending;
    const reason: Reason =
      end?.imitates ??
      (end?.connectionClose
        ? { name: 'connection_closed', error: null }
        : { name: 'fault', fault: end?.hit.name ?? '', type: end?.hit.type ?? '', at: end?.hit.at ?? '' });
    return { decision: 'fault', reason, inferred: false, by: 'proxy' };
  }

  private async guard(first?: readonly Uint8Array[]): Promise<Outcome> {
    const { context } = this;
    // No timer fires early for a fraction.
    const timeout = Math.ceil(context.handshakeTimeout - (context.clock.ticks() - this.handshakeAt));
    this.deadline = new Deadline(context.clock, timeout);
    if (this.faulted?.isHolding) this.deadline.suspend();
    // Through the faults, as all that follows.
    const octets = this.faulted ? undefined : first;
    this.read = [];
    const seeing = peek(this.client, this.rules, this.deadline, (byEnd) => this.begin(byEnd), octets, this.read);
    if (this.faulted) for (const each of first ?? []) this.faulted.fromClient(each);
    const seen = await seeing;
    if (seen.verdict.type !== 'forward') this.deadline.stop();
    this.header = this.faulted?.header ?? seen.header;
    if (seen.header[0] === TLS_HANDSHAKE) this.readHello(seen.octets);
    if (this.stopped) return STOPPED;
    if (seen.header.length === 8) this.timing.headerMs = this.elapsed();
    if (this.isEndedByFault) return this.leftByFault();
    const decision = decide(seen.verdict, context.close);
    switch (decision.action) {
      case 'forward':
        this.isAccepted = true;
        return this.forward(seen.octets);
      case 'refuse':
        await this.dismiss(decision.farewell, decision.close);
        return { decision: 'refuse', reason: decision.reason, inferred: false, by: this.firstOf('proxy') };
      case 'none':
        await this.dismiss(ACCEPTED.seen, decision.close);
        return { decision: 'none', reason: decision.reason, inferred: false, by: 'client' };
      default:
        return decision satisfies never;
    }
  }

  private async forward(octets: readonly Uint8Array[]): Promise<Outcome> {
    const { context, peer } = this;
    if (context.mode === 'guard') {
      await peer.settle();
      if (this.isEndedByFault) return this.leftByFault();
      if (this.stopped) return STOPPED;
      // The broker is not touched for a client that was gone before the dial.
      if (peer.sent === 'rst') {
        await this.dismiss(ACCEPTED.seen, 'rst');
        return { decision: 'none', reason: { name: 'connection_closed_abruptly' }, inferred: false, by: 'client' };
      }
    }
    if (this.isEndedByFault) return this.leftByFault();
    const follower = new Follower(this.rules.dialect, (method) => this.passed(method));
    this.follower = follower;
    if (this.deadline) this.deadline.due = () => this.timeIsUp();
    if (!context.faults.isUsed) this.tape = new Tape();
    this.relay = new Relay(this.client, context.mode === 'observe' && this.faulted ? [] : octets, {
      address: context.upstream,
      origination: context.upstreamTls,
      connectTimeout: context.connectTimeout,
      // Where nothing is guarded the client sees what Toxiproxy lets it see.
      whenUnreachable: context.mode === 'guard' ? 'rst' : 'fin',
      clock: context.clock,
      onlooker: this.onlooker(follower),
      introduction: context.proxyProtocol.introduce(this.ends()),
    });
    this.read = null;
    // Through the faults: none of it was shown to anybody.
    if (context.mode === 'observe' && this.faulted) for (const each of octets) this.faulted.fromClient(each);
    const { by, unreachable, connectedAt } = await this.relay.done;
    if (connectedAt !== null) this.timing.upstreamConnectMs = this.since(connectedAt);
    if (context.mode === 'observe' && peer.received === 0) this.begin(by === 'client');
    if (this.faulted) this.header = this.faulted.header;
    if (follower.answer !== null) context.met(follower, this.header);
    if (this.isEndedByFault && !this.stopped) return this.faultOutcome();
    const endedAt = this.endedAt ?? context.clock.ticks();
    const end = endReason({
      by,
      clientSent: peer.sent,
      unreachable,
      stopped: this.stopped,
      timedOut: this.timedOut,
      received: peer.received,
      header: this.header,
      quad: quadOf(this.header) ?? null,
      answer: follower.answer,
      followed: this.isChanged ? withoutDebts(follower.following) : follower.following,
      unobserved: context.observe === 'handshake' && this.stage === 'running',
      lasted: endedAt - this.handshakeAt,
      silent: endedAt - this.heardAt,
      unanswered: this.owed === null ? 0 : endedAt - this.owedSince,
      handshakeTimeout: context.handshakeTimeout,
    });
    return { decision: 'forward', ...end, by };
  }

  /** A fault has changed what passed. */
  private get isChanged(): boolean {
    return this.hits.length > 0;
  }

  /** Looks at all that passes. In `observe` mode the header is looked at, too. */
  private onlooker(follower: Follower): Onlooker {
    let state: Step = ACCEPTED;
    const isClassified = this.context.mode === 'guard';
    const { clock } = this.context;
    let reader: ClientHelloReader | null | undefined;
    return {
      fromUpstream: (octets) => {
        if (this.stage !== 'running') this.tape?.add('upstream', octets);
        follower.fromUpstream(octets);
        if (this.stage !== 'running') this.watch();
      },
      fromClient: (octets) => {
        this.heardAt = clock.ticks();
        if (!isClassified && state.verdict.type === 'wait') {
          if (state === ACCEPTED) this.begin(false);
          state = step(state, { type: 'data', octets }, this.rules);
          this.header = state.seen;
          if (state.seen.length === 8) this.timing.headerMs = this.elapsed();
        }
        // Made for those that begin so, and gone when all is known.
        if (reader === undefined) reader = this.header[0] === TLS_HANDSHAKE ? new ClientHelloReader() : null;
        if (reader !== null && this.readHello([octets], reader)) reader = null;
        if (this.stage !== 'running') this.tape?.add('client', octets);
        follower.fromClient(octets);
        if (this.stage !== 'running') this.watch();
      },
      ended: () => {
        this.endedAt ??= clock.ticks();
      },
    };
  }

  /**
   * A ClientHello that passes, or is refused, is looked at.
   *
   * @returns whether all of it is known
   */
  private readHello(octets: readonly Uint8Array[], reader: ClientHelloReader = new ClientHelloReader()): boolean {
    for (const each of octets) reader.add(each);
    if (reader.hello !== null && this.accepted === this.peer) this.tls = { ...reader.hello, terminated: false };
    return reader.isDone;
  }

  /** Notes since when the broker owes an answer: while it does it may be asleep, and not notice that time is up. */
  private watch(): void {
    const { following } = this.follower as Follower;
    const owed = following === null ? null : following.failure !== null ? 'failure' : following.pending;
    if (owed === this.owed) return;
    this.owed = owed;
    this.owedSince = this.context.clock.ticks();
  }

  /** The handshake timeout: the broker's own began only when it was dialled. */
  private timeIsUp(): void {
    if (this.owed !== null) {
      const sleep = (this.follower?.following?.sleep ?? 0) + GRACE;
      const asleep = Math.ceil(this.owedSince + sleep - this.context.clock.ticks());
      if (asleep > 0) {
        this.deadline?.putOff(asleep);
        return;
      }
    }
    this.timedOut = true;
    this.endedAt ??= this.context.clock.ticks();
    this.faulted?.dispose();
    this.relay?.reset();
  }

  private dismiss(farewell: Uint8Array, close: 'fin' | 'rst'): Promise<void> {
    return new Promise((resolve) => {
      this.read = null;
      this.client.listener = untilClosed(resolve);
      if (this.peer.closed) resolve();
      else this.client.dismiss(farewell, close);
    });
  }

  /** A client that was gone before it could be refused closed first. */
  private firstOf(by: 'client' | 'proxy'): 'client' | 'proxy' {
    return this.peer.saw === null ? 'client' : by;
  }

  /** ms from accept until now. */
  private elapsed(): number {
    return this.since(this.context.clock.ticks());
  }

  /** ms from accept, to the microsecond: what lies below is noise. */
  private since(ticks: number): number {
    return Math.round((ticks - this.acceptedAt) * 1000) / 1000;
  }

  /** The two ends of the client's connection: to the balancer if it told them, else to us. */
  private ends(): Ends | null {
    const { client, destination } = this.told;
    return client === null ? null : { source: client, destination: destination ?? this.listen };
  }

  private begin(byEnd: boolean): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.context.accepting({ ...this.event(), byEnd });
  }

  private event() {
    const { context, id, told, listen } = this;
    return {
      id,
      proxy: context.proxy,
      // Not the wall clock again: entries of one connection are never out of order, and one is told from the next.
      time: this.at + this.elapsed(),
      client: told.client,
      listen: told.destination ?? listen,
      dialect: this.rules.dialect,
    };
  }

  private followed() {
    const { protocol = '0-9-1', handshake = NOTHING_SAID } = this.follower?.following ?? {};
    return { protocol, handshake } as const;
  }

  private passed(method: ConnectionMethodName): void {
    const { timing, context, follower } = this;
    const following = follower?.following;
    if (!follower || !following) return;
    if (method === 'connection.start') timing.startMs ??= this.elapsed();
    if (method === 'connection.start-ok') context.introduced({ ...this.event(), ...this.followed() });
    if (method === 'connection.tune') timing.tuneMs ??= this.elapsed();
    if (method === 'connection.open-ok') timing.openMs ??= this.elapsed();
    // AMQP 1.0 brokers introduce themselves when all is done.
    if (method === 'connection.start' || method === 'connection.open-ok') context.met(follower, this.header);
    if (method === 'connection.open-ok' || following.close !== null) this.deadline?.stop();
    if (follower.stage !== this.stage) {
      this.stage = follower.stage;
      context.stage({ ...this.event(), stage: follower.stage, ...this.followed() });
    }
    if (following.brokerError !== null) this.found(brokerClosed(following.brokerError, following.handshake).reason);
    if (method === 'connection.open-ok') {
      this.isOpen = true;
      this.tape?.stop();
      if (context.observe === 'handshake') follower.stop();
    }
  }

  /** The broker has found fault with the connection, and has said so in its log. */
  private found(reason: Reason): void {
    if (this.hasError) return;
    this.hasError = true;
    this.context.connectionError({ ...this.event(), ...this.followed(), reason });
  }

  private stageReached(): Stage {
    const { follower } = this;
    if (follower !== undefined) return follower.stage;
    // A good header was not forwarded, because its client was gone by then.
    return this.isAccepted ? 'starting' : 'header';
  }

  private reportOf({ decision, reason, inferred, by }: Outcome): Report {
    const { context, peer, relay, follower, hits } = this;
    const upstream = relay?.upstream;
    const following = follower?.following;
    const handshake = following?.handshake;
    return reportOf({
      id: this.id,
      proxy: context.proxy,
      at: this.at,
      durationMs: this.elapsed(),
      ...this.told,
      listen: this.listen,
      upstream: relay ? context.upstream.label : null,
      decision: hits.length > 0 ? 'fault' : decision,
      stage: this.stageReached(),
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
      timing: this.timing,
      handshake: this.handshakeOf(handshake),
      connectionClose: this.closeByFault() ?? following?.close ?? null,
      fault: this.ending?.hit ?? hits.at(-1) ?? null,
      faults: hits,
      explained: this.faultWork?.decisions.explained ?? NOTHING_EXPLAINED,
      unreadable: following?.unreadable ?? null,
      hasStartOk: following?.hasStartOk ?? false,
      tls: this.tls,
    });
  }

  /** A fault may keep back from the broker what its client said of itself. */
  private handshakeOf(followed: Handshake | undefined): Handshake | null {
    const said = followed ?? NOTHING_SAID;
    const { product = null, user = null, vhost = null } = this.faulted?.gate.knows ?? {};
    const isMore = (said.product ?? product) !== said.product || (said.user ?? user) !== said.user;
    const all =
      isMore || (said.vhost ?? vhost) !== said.vhost
        ? { ...said, product: said.product ?? product, user: said.user ?? user, vhost: said.vhost ?? vhost }
        : said;
    return all === NOTHING_SAID ? null : all;
  }

  private closeByFault(): ConnectionClose | null {
    const close = this.ending?.connectionClose;
    return close ? { by: 'proxy', code: close.code, name: replyName(close.code) ?? null, text: close.text } : null;
  }
}

/** Somebody asked for the end, and not the whole proxy was stopped. */
function onRequest(outcome: Outcome): Outcome {
  return outcome.reason.name === 'shutdown' ? { ...outcome, reason: { name: 'shutdown', onRequest: true } } : outcome;
}

/** What the broker has not answered may never have come to it. */
function withoutDebts(following: Following | null): Followed | null {
  if (following === null) return null;
  const { stage, handshake, hasStartOk, failure, close, refusedOpen, brokerError, callback } = following;
  return { stage, handshake, hasStartOk, pending: null, failure, close, refusedOpen, brokerError, callback };
}
