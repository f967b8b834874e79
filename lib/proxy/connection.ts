import type { Socket } from 'node:net';
import { ACCEPTED, type HeaderRules, type Step, step } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import { Follower, type Stage } from '../amqp/follower.js';
import { NOTHING_SAID } from '../amqp/handshake.js';
import { quadOf } from '../amqp/header.js';
import type { Reason } from '../amqp/reason.js';
import { type Facts, type Report, reportOf } from '../report/report.js';
import { decide } from '../rules/decide.js';
import { endReason } from '../rules/end-reason.js';
import { ClientHelloReader } from '../tls/client-hello.js';
import { AcceptedPeer } from './accepted-peer.js';
import { addressOf } from './address-of.js';
import type { Clock } from './clock.js';
import type { Accepting, StageReached } from './events.js';
import { peek } from './peek.js';
import type { PeerListener } from './peer.js';
import { type Onlooker, Relay } from './relay.js';
import type { ClientPeer } from './secured-client.js';
import { terminate } from './terminate.js';
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
  /** ms */
  readonly handshakeTimeout: number;
  /** ms */
  readonly connectTimeout: number;
  readonly clock: Clock;
  rules(): HeaderRules;
  accepting(accepting: Accepting): void;
  stage(reached: StageReached): void;
  report(report: Report): void;
  /** The upstream has said what it is, or answered a header. */
  met(follower: Follower, header: Uint8Array): void;
};

type Outcome = Pick<Facts, 'decision' | 'reason' | 'inferred'> & { readonly by: Facts['ended']['by'] };

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

/** One connection of a client: accept, peek, classify, decide, refuse or relay, report. */
export class Connection {
  readonly id: string;
  readonly client: string | null;
  private readonly context: ConnectionContext;
  private readonly accepted: AcceptedPeer;
  /** The accepted one, or the same inside TLS. */
  private peer: ClientPeer;
  private readonly listen: string;
  private readonly rules: HeaderRules;
  private readonly at: number;
  private readonly acceptedAt: number;
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

  constructor(id: string, socket: Socket, context: ConnectionContext) {
    this.id = id;
    this.context = context;
    this.at = context.clock.wall();
    this.acceptedAt = context.clock.ticks();
    this.client = addressOf(socket.remoteAddress, socket.remotePort);
    this.listen = context.listen ?? addressOf(socket.localAddress, socket.localPort) ?? '';
    this.accepted = new AcceptedPeer(socket, IGNORE);
    this.peer = this.accepted;
    this.rules = context.rules();
  }

  /** Serves the client to its end, and reports. Never rejects. */
  async serve(): Promise<void> {
    const outcome = await this.handle();
    this.context.report(this.reportOf(outcome));
  }

  private handle(): Promise<Outcome> {
    if (this.client === null) return this.discard();
    if (this.context.tls !== null) return this.secure(this.context.tls);
    return this.begun();
  }

  private begun(): Promise<Outcome> {
    return this.context.mode === 'guard' ? this.guard() : this.forward([]);
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
  private async secure(termination: Termination): Promise<Outcome> {
    const done = await terminate(this.accepted, termination, this.context.clock);
    this.tls = { ...done.hello, terminated: true };
    if (done.client !== null) {
      this.peer = done.client;
      const outcome = this.begun();
      done.client.begin();
      return outcome;
    }
    this.header = done.header;
    if (this.stopped) return { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };
    await this.dismiss(done.farewell, done.close);
    return { decision: done.decision, reason: done.reason, inferred: false, by: this.firstOf(done.by) };
  }

  /** Refuses the client unseen: a limit is reached. */
  async turnAway(reason: Reason): Promise<void> {
    this.begin(false);
    await this.dismiss(ACCEPTED.seen, 'rst');
    this.context.report(this.reportOf({ decision: 'refuse', reason, inferred: false, by: 'proxy' }));
  }

  /** Ends the connection at once, because the proxy is stopped. */
  stop(): void {
    this.stopped = true;
    if (this.relay) this.relay.reset();
    else this.peer.reset();
  }

  private async guard(): Promise<Outcome> {
    const { context, peer } = this;
    const seen = await peek(peer, this.rules, context.handshakeTimeout, context.clock, (byEnd) => this.begin(byEnd));
    this.header = seen.header;
    if (seen.header[0] === TLS_HANDSHAKE) this.readHello(seen.octets);
    if (this.stopped) return { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };
    if (seen.header.length === 8) this.timing.headerMs = this.elapsed();
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
      if (this.stopped) return { decision: 'none', reason: { name: 'shutdown' }, inferred: false, by: 'proxy' };
      // The broker is not touched for a client that was gone before the dial.
      if (peer.sent === 'rst') {
        await this.dismiss(ACCEPTED.seen, 'rst');
        return { decision: 'none', reason: { name: 'connection_closed_abruptly' }, inferred: false, by: 'client' };
      }
    }
    const follower = new Follower((method) => this.passed(method));
    this.follower = follower;
    this.relay = new Relay(peer, octets, {
      address: context.upstream,
      origination: context.upstreamTls,
      connectTimeout: context.connectTimeout,
      clock: context.clock,
      onlooker: context.mode === 'guard' ? follower : this.classifying(follower),
    });
    const { by, unreachable, connectedAt } = await this.relay.done;
    if (connectedAt !== null) this.timing.upstreamConnectMs = this.since(connectedAt);
    if (context.mode === 'observe' && peer.received === 0) this.begin(by === 'client');
    if (follower.answer !== null) context.met(follower, this.header);
    const end = endReason({
      by,
      unreachable,
      stopped: this.stopped,
      received: peer.received,
      closedOrderly: follower.closedOrderly,
      header: this.header,
      quad: quadOf(this.header) ?? null,
      answer: follower.answer,
    });
    return { decision: 'forward', ...end, by };
  }

  /** In `observe` mode the header is looked at while it passes. */
  private classifying(follower: Follower): Onlooker {
    let state: Step = ACCEPTED;
    let reader: ClientHelloReader | null | undefined;
    return {
      fromUpstream: (octets) => follower.fromUpstream(octets),
      fromClient: (octets) => {
        if (state === ACCEPTED) this.begin(false);
        if (state.verdict.type === 'wait') {
          state = step(state, { type: 'data', octets }, this.rules);
          this.header = state.seen;
          if (state.seen.length === 8) this.timing.headerMs = this.elapsed();
        }
        // Made for those that begin so, and gone when all is known.
        if (reader === undefined) reader = this.header[0] === TLS_HANDSHAKE ? new ClientHelloReader() : null;
        if (reader !== null && this.readHello([octets], reader)) reader = null;
        follower.fromClient(octets);
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

  private dismiss(farewell: Uint8Array, close: 'fin' | 'rst'): Promise<void> {
    return new Promise((resolve) => {
      this.peer.listener = untilClosed(resolve);
      if (this.peer.closed) resolve();
      else this.peer.dismiss(farewell, close);
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

  private begin(byEnd: boolean): void {
    const { context, id, client, listen } = this;
    context.accepting({
      id,
      proxy: context.proxy,
      time: context.clock.wall(),
      client,
      listen,
      dialect: this.rules.dialect,
      byEnd,
    });
  }

  private passed(method: ConnectionMethodName): void {
    const { timing, context, follower } = this;
    if (follower === undefined) return;
    if (method === 'connection.start') timing.startMs ??= this.elapsed();
    if (method === 'connection.tune') timing.tuneMs ??= this.elapsed();
    if (method === 'connection.open-ok') timing.openMs ??= this.elapsed();
    if (method === 'connection.start') context.met(follower, this.header);
    if (follower.stage !== this.stage) {
      this.stage = follower.stage;
      context.stage({ id: this.id, proxy: context.proxy, stage: follower.stage });
    }
  }

  private stageReached(): Stage {
    const { follower } = this;
    if (follower !== undefined) return follower.closedOrderly ? 'closed' : follower.stage;
    // A good header was not forwarded, because its client was gone by then.
    return this.isAccepted ? 'starting' : 'header';
  }

  private reportOf({ decision, reason, inferred, by }: Outcome): Report {
    const { context, peer, relay, follower } = this;
    const upstream = relay?.upstream;
    return reportOf({
      id: this.id,
      proxy: context.proxy,
      at: this.at,
      durationMs: this.elapsed(),
      client: this.client,
      via: null,
      listen: this.listen,
      upstream: relay ? context.upstream.label : null,
      decision,
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
      handshake: follower === undefined || follower.handshake === NOTHING_SAID ? null : follower.handshake,
      hasStartOk: follower?.hasStartOk ?? false,
      tls: this.tls,
    });
  }
}
