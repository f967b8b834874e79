import { ACCEPTED, type HeaderRules, type Verdict } from '../amqp/classifier.js';
import type { ConnectionClose } from '../amqp/conversation.js';
import type { Dialect } from '../amqp/dialect.js';
import type { Reason } from '../amqp/reason.js';
import type { Close } from '../close.js';
import type { Answering, Decision } from '../health-check/answering.js';
import { outlineOf } from '../proxy-protocol/outline.js';
import type { Facts } from '../report/facts.js';
import { hostOf } from '../text/address-of.js';
import { type HttpRequest, readHttpRequest } from '../text/http-request.js';
import { type ClientHello, ClientHelloReader } from '../tls/client-hello.js';
import type { ConnectionContext } from './connection-context.js';
import { ConnectionRecord } from './connection-record.js';
import type { Deadline } from './deadline.js';
import { ConnectionFaults } from './faulted/connection-faults.js';
import type { FaultedClient } from './faulted/faulted-client.js';
import type { TlsFaults } from './faulted/tls-faults.js';
import type { AcceptedPeer } from './peer/accepted-peer.js';
import type { PeerListener } from './peer/peer.js';
import type { ClientPeer } from './peer/secured-client.js';
import { type ClientAddresses, socketAddresses } from './proxy-protocol.js';
import type { Relay } from './relay.js';
import { Timing } from './timing.js';
import type { TrafficObserver } from './traffic-observer.js';

/**
 * The state that the steps of one connection share. Below `record`, each field names the step that writes it. The
 * fields that several steps write are set by a method here.
 */
export class Session {
  readonly id: string;
  readonly context: ConnectionContext;
  /** The client's socket, also below TLS. */
  readonly accepted: AcceptedPeer;
  /** The address that the client connected to. */
  readonly listen: string;
  /** The limit that the connection exceeds, if it exceeds one. */
  readonly limit: Reason | undefined;
  /** The rules for the protocol header. */
  readonly rules: HeaderRules;
  /** The dialect of everything after the header: that of the rules, until the upstream has identified itself. upstreamMet */
  dialect: Dialect;
  readonly timing: Timing;
  readonly faults: ConnectionFaults;
  readonly record: ConnectionRecord;

  /** Called when the faults have changed while they delay the first read. accept */
  delayChanged: (() => void) | undefined;
  /** The identity of the client; takeProxyHeader takes it from the PROXY header. */
  addresses: ClientAddresses;
  /** How health checks are answered; null: like all other connections. recognizeHealthCheck */
  answering: Answering | null = null;
  /** What is to be done if the connection is a health check. recognizeHealthCheck, answerHealthCheck */
  healthCheck: Decision = 'forward';
  /** What was done with it as a health check; null: nothing. recognizeHealthCheck, answerHealthCheck */
  healthCheckAnswer: 'local' | 'fail' | null = null;
  /** The Close that the proxy itself sent in place of a broker. answerHealthCheck */
  connectionClose: ConnectionClose | null = null;
  /** The faults that act before AMQP begins; undefined without TLS. terminateTls */
  tlsFaults: TlsFaults | undefined;
  /**
   * What earlier steps have read and not used: after the PROXY header, or inside TLS while a fault acted; undefined if nothing
   * was read, so that the client is not paused. takeProxyHeader, terminateTls
   */
  readBefore: readonly Uint8Array[] | undefined;
  /** The client as it was accepted, or inside TLS. terminateTls */
  peer: ClientPeer;
  /** In front of the client while a fault of its proxy can act on it. putFaultsInFront */
  faulted: FaultedClient | undefined;
  /** The handshake timeout. peekHeader */
  deadline: Deadline | undefined;
  /** All octets of the client that were read for its verdict; null before, and after they are taken. peekHeader */
  peeked: Uint8Array[] | null = null;
  /** The classifier's verdict; null in observe mode. peekHeader */
  verdict: Exclude<Verdict, { type: 'wait' }> | null = null;
  /** The header was accepted. refuse */
  isAccepted = false;
  /** Observes everything that is relayed. relayToUpstream */
  observer: TrafficObserver | undefined;
  /** relayToUpstream */
  relay: Relay | undefined;
  /** The proxy's own deadline ended the connection. relayToUpstream */
  isTimedOut = false;
  /** The proxy was stopped, or the connection was ended on request. Connection.stop */
  isStopped = false;

  /** When the time for the handshake began to count: `Clock.ticks`. */
  handshakeAt: number;
  /** What is known about TLS. */
  tls: Facts['tls'] = null;
  /** The form of the PROXY header with which the connection began, whether it was accepted or not. */
  proxyHeader: Facts['proxyHeader'] = null;
  /** The beginning of an HTTP request. */
  request: HttpRequest | null = null;
  private seenHeader: Uint8Array = ACCEPTED.seen;

  constructor(
    id: string,
    context: ConnectionContext,
    from: {
      readonly accepted: AcceptedPeer;
      readonly client: string | null;
      readonly listen: string;
      readonly limit: Reason | undefined;
    },
  ) {
    this.id = id;
    this.context = context;
    this.accepted = from.accepted;
    this.peer = from.accepted;
    this.addresses = socketAddresses(from.client);
    this.listen = from.listen;
    this.limit = from.limit;
    this.rules = context.rules();
    this.dialect = this.rules.dialect;
    this.timing = new Timing(context.clock);
    this.handshakeAt = this.timing.acceptedAt;
    this.record = new ConnectionRecord(this);
    this.faults = new ConnectionFaults(context.faults, (hit) => this.record.faultActed(hit));
  }

  /** The client as later steps see it: through its faults, if it has any. */
  get client(): ClientPeer {
    return this.faulted ?? this.peer;
  }

  /** The client's IP address; null when the kernel no longer knows it. */
  get source(): string | null {
    const { client } = this.addresses;
    return client === null ? null : hostOf(client);
  }

  /** The first octets of the client, up to 8. A fault may keep them to itself. */
  get header(): Uint8Array {
    const { faulted, seenHeader } = this;
    return faulted !== undefined && faulted.header.length > seenHeader.length ? faulted.header : seenHeader;
  }

  /** The upstream has identified itself or answered a header. What it revealed counts from now on. */
  upstreamMet(): void {
    const { observer, context, header } = this;
    const dialect = observer && context.met(observer.follower, header);
    if (!dialect) return;
    this.dialect = dialect;
    observer.follower.dialect = dialect;
  }

  /** @param octets the client's first octets, up to 8, as far as they are known now */
  sawHeader(octets: Uint8Array): void {
    this.seenHeader = octets;
    this.faults.sawHeader(octets);
  }

  /** Whether the side that ended the connection no longer answered. */
  hasVanished(by: 'client' | 'upstream' | 'proxy'): boolean {
    if (by === 'client') return this.accepted.vanished;
    return by === 'upstream' && this.relay?.upstream.vanished === true;
  }

  /** The time for the AMQP handshake counts from now: after a delay, the PROXY header, or the TLS handshake. */
  restartHandshake(): void {
    this.handshakeAt = this.context.clock.ticks();
  }

  /** The TLS handshake with the client ended here. */
  tlsEnded(hello: ClientHello): void {
    this.tls = { ...hello, terminated: true };
  }

  /**
   * Reads the ClientHello of a connection that is relayed or refused.
   *
   * @returns whether all of it is known
   */
  readHello(octets: readonly Uint8Array[], reader: ClientHelloReader = new ClientHelloReader()): boolean {
    for (const each of octets) reader.add(each);
    if (reader.hello !== null && !this.tls?.terminated) this.tls = { ...reader.hello, terminated: false };
    return reader.isDone;
  }

  /**
   * Reads what can identify a client that is not an AMQP client: an HTTP request, or a PROXY header that is not accepted.
   * Nothing of the octets is kept.
   */
  readForeign(octets: readonly Uint8Array[]): void {
    const first = octets.length === 1 ? (octets[0] as Uint8Array) : Buffer.concat(octets);
    this.request = readHttpRequest(first);
    if (this.request !== null || this.proxyHeader !== null) return;
    const outline = outlineOf(first);
    if (outline === null) return;
    // The kernel no longer knows the address of a client that was reset before it was accepted, so its header was not taken.
    const isAccepted = this.addresses.client === null && this.context.proxyProtocol.accept !== 'off';
    this.proxyHeader = { ...outline, isAccepted };
    if (isAccepted && outline.command === 'local') this.addresses = { ...this.addresses, isLocal: true };
  }

  /** The octets that were read and not passed on, once; undefined if nothing was read, so that the client is not paused. */
  takeRead(): readonly Uint8Array[] | undefined {
    const octets = this.peeked ?? this.readBefore;
    this.peeked = null;
    this.readBefore = undefined;
    return octets;
  }

  /**
   * Finds out when the client vanishes. Called where a connection may stay open for longer than the handshake timeout:
   * the system call costs more than refusing a client does.
   */
  keepAlive(): void {
    this.accepted.keepAlive(this.context.tcpKeepAlive);
  }

  /** Refuses the client with these octets and this close. Resolves when its socket is gone. */
  async dismiss(farewell: Uint8Array, close: Close): Promise<void> {
    this.peeked = null;
    const closed = this.clientClosed();
    if (!this.peer.closed) this.client.dismiss(farewell, close);
    await closed;
  }

  /** Takes the client over and resolves when its socket is gone. */
  clientClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.client.listener = untilClosed(resolve);
      if (this.peer.closed) resolve();
    });
  }
}

const ignore = (): void => {};

/** A listener that ignores everything except the end of the socket. */
export function untilClosed(closed: () => void): PeerListener {
  return { octets: () => true, ended: ignore, drained: ignore, closed };
}
