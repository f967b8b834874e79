import type { Socket } from 'node:net';
import { ACCEPTED, step } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import type { Conversation } from '../amqp/conversation.js';
import { quadOf } from '../amqp/header.js';
import { isLoggedAsException, type Reason } from '../amqp/reason.js';
import { ConfigError } from '../errors.js';
import { closeOnRequest } from '../faults/close-on-request.js';
import type { OpenConnection } from '../report/report.js';
import { decide } from '../rules/decide.js';
import { endReason, type Followed } from '../rules/end-reason.js';
import { proxyHeaderReason } from '../rules/proxy-header-reason.js';
import { addressOf } from '../text/address-of.js';
import { beginsHello } from '../tls/client-hello.js';
import type { Termination } from '../tls/tls-settings.js';
import type { ConnectionContext } from './connection-context.js';
import { ConnectionRecord } from './connection-record.js';
import { Deadline } from './deadline.js';
import { FaultedClient } from './faulted/faulted-client.js';
import { type Outcome, onRequest, STOPPED } from './outcome.js';
import { peek } from './peek.js';
import { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import type { ClientPeer } from './peer/secured-client.js';
import { type HeaderRead, readProxyHeader } from './proxy-header.js';
import { addressesFrom, socketAddresses } from './proxy-protocol.js';
import { Relay, type Relayed } from './relay.js';
import { TLS_HANDSHAKE_TIMEOUT, terminate } from './terminate.js';
import { TrafficObserver } from './traffic-observer.js';

const hearNothing = (): void => {};
const discardOctets = (): boolean => true;
/** Hears only when the peer is gone. */
const untilClosed = (closed: () => void): PeerListener => ({
  octets: discardOctets,
  ended: hearNothing,
  drained: hearNothing,
  closed,
});
const IGNORE = untilClosed(hearNothing);

/** One connection of a client: accept, peek, classify, decide, refuse or relay, report. */
export class Connection {
  readonly id: string;
  private readonly context: ConnectionContext;
  private readonly account: ConnectionRecord;
  private readonly accepted: AcceptedPeer;
  /** When the handshake timeout began: at accept, or behind the PROXY header, or the handshake of TLS. `Clock.ticks` */
  private handshakeAt: number;
  private deadline: Deadline | undefined;
  private timedOut = false;
  private stopped = false;
  private isEndedOnRequest = false;
  /** What was read while the header was awaited; null before and after. */
  private read: Uint8Array[] | null = null;
  /** In front of the client as soon as its proxy has had a fault. */
  private faulted: FaultedClient | undefined;
  private witness: TrafficObserver | undefined;
  private relay: Relay | undefined;
  private isOpen = false;

  constructor(id: string, socket: Socket, context: ConnectionContext) {
    this.id = id;
    this.context = context;
    this.accepted = new AcceptedPeer(socket, IGNORE);
    this.account = new ConnectionRecord(
      id,
      {
        addresses: socketAddresses(addressOf(socket.remoteAddress, socket.remotePort)),
        listen: context.listen ?? addressOf(socket.localAddress, socket.localPort) ?? '',
        peer: this.accepted,
      },
      context,
    );
    this.handshakeAt = this.account.timing.acceptedAt;
  }

  /** Serves the client to its end, and reports. Never rejects. */
  async serve(): Promise<void> {
    const { account } = this;
    const delay = account.faults.acceptDelay(account.source);
    if (delay > 0) await this.wait(delay);
    const handled = await this.handle();
    const outcome = this.isEndedOnRequest ? onRequest(handled) : handled;
    this.deadline?.stop();
    this.faulted?.dispose();
    // A refusal that nobody told the client of is known only now.
    if (isLoggedAsException(outcome.reason)) account.found(outcome.reason);
    account.end(outcome);
  }

  /** Refuses the client unseen: a limit is reached. */
  async turnAway(reason: Reason): Promise<void> {
    this.account.begin(false);
    await this.dismiss(ACCEPTED.seen, 'rst');
    this.account.end({ decision: 'refuse', reason, inferred: false, by: 'proxy' });
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
    const { stage, follower } = this.account;
    if (stage !== 'running' || follower?.conversation?.protocol !== '0-9-1') {
      throw new ConfigError(
        `connection ${this.id} must be running AMQP 0-9-1 to be closed with 320; its stage is ${stage}`,
      );
    }
    if (!this.faulted) this.putFaultsInFront();
    this.faulted?.add(closeOnRequest(this.context.proxy, this.context.clock));
  }

  get summary(): OpenConnection {
    return this.account.summary;
  }

  /** The faults of the proxy have changed. */
  faultsChanged(): void {
    if (this.faulted) this.faulted.setFaults();
    else if (this.relay || this.read) this.putFaultsInFront();
  }

  private async handle(): Promise<Outcome> {
    const { client } = this.account.addresses;
    if (this.stopped) return STOPPED;
    if (client === null) return this.discard();
    if (this.context.proxyProtocol.accept !== 'off') return this.takeProxyHeader(client);
    return this.speak();
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

  /** Only then is it known who the client is, and its handshake begins. */
  private async takeProxyHeader(source: string): Promise<Outcome> {
    const { context, accepted } = this;
    // In its place the handshake of TLS may begin, and then has the time for that.
    const handshakeTimeout = context.tls === null ? context.handshakeTimeout : TLS_HANDSHAKE_TIMEOUT;
    const read = await readProxyHeader(accepted, source, { ...context, handshakeTimeout });
    if (this.stopped) return STOPPED;
    if (read.type === 'failed') return this.refuseUntold(read);
    if (read.type === 'taken') {
      this.account.addresses = addressesFrom(read.header, source);
      this.handshakeAt = context.clock.ticks();
    }
    return this.speak(read.octets);
  }

  /** RabbitMQ tells nothing of such a connection: no `accepting`, no farewell. */
  private async refuseUntold({ failure, first }: Extract<HeaderRead, { type: 'failed' }>): Promise<Outcome> {
    this.account.header = first;
    await this.dismiss(ACCEPTED.seen, this.context.close);
    const [decision, by] = failure.why === 'closed' ? (['none', 'client'] as const) : (['refuse', 'proxy'] as const);
    return { decision, reason: proxyHeaderReason(failure, first), inferred: false, by: this.firstOf(by) };
  }

  /** @param first octets of the client that were read already */
  private speak(first?: readonly Uint8Array[]): Promise<Outcome> {
    const { tls } = this.context;
    return tls === null ? this.begun(first) : this.secure(tls, first);
  }

  /** The same inside TLS, whose handshake comes first. */
  private async secure(termination: Termination, first?: readonly Uint8Array[]): Promise<Outcome> {
    const { account } = this;
    const { clock } = this.context;
    const done = await terminate(this.accepted, termination, clock, { since: this.handshakeAt, first });
    this.handshakeAt = clock.ticks();
    account.tls = { ...done.hello, terminated: true };
    if (done.client !== null) {
      account.peer = done.client;
      const outcome = this.begun();
      done.client.begin();
      return outcome;
    }
    account.header = done.header;
    if (this.stopped) return STOPPED;
    await this.dismiss(done.farewell, done.close);
    return { decision: done.decision, reason: done.reason, inferred: false, by: this.firstOf(done.by) };
  }

  private begun(first?: readonly Uint8Array[]): Promise<Outcome> {
    if (this.context.faults.isUsed) {
      this.faulted = this.faultedClient();
      this.faulted.accepted();
    }
    return this.context.mode === 'guard' ? this.guard(first) : this.forward(first ?? []);
  }

  private async guard(first?: readonly Uint8Array[]): Promise<Outcome> {
    const { context, account } = this;
    // No timer fires early for a fraction.
    const timeout = Math.ceil(context.handshakeTimeout - (context.clock.ticks() - this.handshakeAt));
    this.deadline = new Deadline(context.clock, timeout);
    if (this.faulted?.isHolding) this.deadline.suspend();
    // Through the faults, as all that follows.
    const octets = this.faulted ? undefined : first;
    this.read = [];
    const seeing = peek(this.client, account.rules, this.deadline, (byEnd) => account.begin(byEnd), octets, this.read);
    if (this.faulted) for (const each of first ?? []) this.faulted.fromClient(each);
    const seen = await seeing;
    if (seen.verdict.type !== 'forward') this.deadline.stop();
    account.header = this.faulted?.header ?? seen.header;
    if (beginsHello(seen.header)) account.readHello(seen.octets);
    if (this.stopped) return STOPPED;
    if (seen.header.length === 8) account.timing.steps.headerMs = account.timing.elapsed();
    if (account.faults.haveEndedIt) return this.leftByFault();
    const decision = decide(seen.verdict, context.close);
    switch (decision.action) {
      case 'forward':
        account.isAccepted = true;
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
    const { context, account } = this;
    const { peer } = account;
    const isGuarded = context.mode === 'guard';
    if (isGuarded) await peer.settle();
    if (account.faults.haveEndedIt) return this.leftByFault();
    if (isGuarded) {
      if (this.stopped) return STOPPED;
      // The broker is not touched for a client that was gone before the dial.
      if (peer.sent === 'rst') {
        await this.dismiss(ACCEPTED.seen, 'rst');
        return { decision: 'none', reason: { name: 'connection_closed_abruptly' }, inferred: false, by: 'client' };
      }
    }
    const witness = new TrafficObserver(account, {
      clock: context.clock,
      isClassified: isGuarded,
      isTaped: !context.faults.isUsed,
      passed: (method) => this.passed(method),
    });
    this.witness = witness;
    account.follower = witness.follower;
    if (this.deadline) this.deadline.due = () => this.timeIsUp(witness);
    const relayed = await this.relayed(octets, witness);
    if (relayed.connectedAt !== null)
      account.timing.steps.upstreamConnectMs = account.timing.since(relayed.connectedAt);
    if (context.mode === 'observe' && peer.received === 0) account.begin(relayed.by === 'client');
    if (this.faulted) account.header = this.faulted.header;
    if (witness.follower.answer !== null) context.met(witness.follower, account.header);
    if (account.faults.haveEndedIt && !this.stopped) return account.faults.outcome;
    return this.outcomeOf(relayed, witness);
  }

  /** Carries octets until both sides are gone. */
  private relayed(octets: readonly Uint8Array[], witness: TrafficObserver): Promise<Relayed> {
    const { context, account } = this;
    const isGuarded = context.mode === 'guard';
    // Where nothing was looked at yet the faults have not seen the octets either.
    const throughFaults = isGuarded ? undefined : this.faulted;
    const relay = new Relay(this.client, throughFaults ? [] : octets, {
      address: context.upstream,
      origination: context.upstreamTls,
      connectTimeout: context.connectTimeout,
      // Where nothing is guarded the client sees what Toxiproxy lets it see.
      whenUnreachable: isGuarded ? 'rst' : 'fin',
      clock: context.clock,
      observer: witness,
      introduction: context.proxyProtocol.introduce(account.ends),
    });
    this.relay = relay;
    account.upstream = relay.upstream;
    this.read = null;
    if (throughFaults) for (const each of octets) throughFaults.fromClient(each);
    return relay.done;
  }

  private outcomeOf({ by, unreachable }: Relayed, witness: TrafficObserver): Outcome {
    const { context, account } = this;
    const { peer } = account;
    const { follower } = witness;
    const endedAt = witness.endedAt ?? context.clock.ticks();
    // What a fault has changed on its way may never have come to the broker.
    const isChanged = account.faults.hits.length > 0;
    const end = endReason({
      by,
      clientSent: peer.sent,
      unreachable,
      stopped: this.stopped,
      timedOut: this.timedOut,
      received: peer.received,
      header: account.header,
      quad: quadOf(account.header) ?? null,
      answer: follower.answer,
      followed: isChanged ? withoutDebts(follower.conversation) : follower.conversation,
      unobserved: context.observe === 'handshake' && account.stage === 'running',
      lasted: endedAt - this.handshakeAt,
      silent: endedAt - witness.heardAt,
      unanswered: witness.debt.unanswered(endedAt),
      handshakeTimeout: context.handshakeTimeout,
    });
    return { decision: 'forward', ...end, by };
  }

  private passed(method: ConnectionMethodName): void {
    const { account, context, witness } = this;
    account.passed(method);
    const isOpen = method === 'connection.open-ok';
    if (isOpen || witness?.follower.conversation?.close) this.deadline?.stop();
    if (!isOpen) return;
    this.isOpen = true;
    witness?.opened();
    if (context.observe === 'handshake') witness?.follower.stop();
  }

  /** The handshake timeout: the broker's own began only when it was dialled. */
  private timeIsUp(witness: TrafficObserver): void {
    const asleep = witness.debt.sleepsOn(witness.follower.conversation);
    if (asleep > 0) {
      this.deadline?.putOff(asleep);
      return;
    }
    this.timedOut = true;
    witness.ended();
    this.faulted?.dispose();
    this.relay?.reset();
  }

  /** A fault has ended the connection before the broker was dialled. */
  private async leftByFault(): Promise<Outcome> {
    const { account } = this;
    account.begin(false);
    await new Promise<void>((resolve) => {
      this.client.listener = untilClosed(resolve);
      if (account.peer.closed) resolve();
    });
    return account.faults.outcome;
  }

  private dismiss(farewell: Uint8Array, close: 'fin' | 'rst'): Promise<void> {
    return new Promise((resolve) => {
      this.read = null;
      this.client.listener = untilClosed(resolve);
      if (this.account.peer.closed) resolve();
      else this.client.dismiss(farewell, close);
    });
  }

  /** A client that was gone before it could be refused closed first. */
  private firstOf(by: 'client' | 'proxy'): 'client' | 'proxy' {
    return this.account.peer.saw === null ? 'client' : by;
  }

  /** The client as those see it who look at it or relay it. */
  private get client(): ClientPeer {
    return this.faulted ?? this.account.peer;
  }

  /** Of a connection that was there before its proxy had a fault. */
  private putFaultsInFront(): void {
    const { relay, witness, account } = this;
    if (account.peer.closed) return;
    const faulted = this.faultedClient();
    this.faulted = faulted;
    relay?.replaceClient(faulted);
    const read = this.read?.map((octets) => ({ from: 'client', octets }) as const) ?? null;
    const passed = relay ? (witness?.takeTape() ?? null) : read;
    faulted.takeOver(passed, this.isOpen ? (witness?.follower.underWay ?? null) : undefined);
  }

  private faultedClient(): FaultedClient {
    const { context, account } = this;
    const { rules, faults } = account;
    const faulted = new FaultedClient(account.peer, {
      faults: context.faults,
      clock: context.clock,
      setting: {
        dialect: rules.dialect,
        close: context.close,
        handshakeTimeout: context.handshakeTimeout,
        accepts: (octets) => step(ACCEPTED, { type: 'data', octets }, rules).verdict.type === 'forward',
      },
      connection: faults.number,
      source: account.source,
      decisions: faults.decisions,
      record: faults.record,
      heard: () => account.begin(false),
      holding: (isHolding) => {
        if (isHolding) this.deadline?.suspend();
        else this.deadline?.resume();
      },
      // What passes now is between the broker and us.
      ended: () => account.follower?.stop(),
    });
    account.gate = faulted.gate;
    return faulted;
  }
}

/** What the broker has not answered may never have come to it. */
function withoutDebts(conversation: Conversation | null): Followed | null {
  if (conversation === null) return null;
  const { stage, handshake, hasStartOk, failure, close, refusedOpen, brokerError, callback } = conversation;
  return { stage, handshake, hasStartOk, pending: null, failure, close, refusedOpen, brokerError, callback };
}
