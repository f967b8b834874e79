import { ACCEPTED, type Step, step } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import { Follower } from '../amqp/follower.js';
import { HEADER_LENGTH } from '../amqp/header.js';
import type { Clock } from '../clock.js';
import { beginsHello, ClientHelloReader } from '../tls/client-hello.js';
import type { ConnectionRecord } from './connection-record.js';
import { HandshakeRecording } from './handshake-recording.js';
import { PendingAnswer } from './pending-answer.js';
import type { RelayObserver } from './relay.js';

/** Sees all that passes on a forwarded connection, and keeps what is needed of it. */
export class TrafficObserver implements RelayObserver {
  readonly follower: Follower;
  readonly debt: PendingAnswer;
  /** When the client last sent octets (`Clock.ticks`). */
  heardAt: number;
  /** When the first of the two sides closed (`Clock.ticks`). */
  endedAt: number | null = null;
  /** Until its proxy has had a fault. */
  private tape: HandshakeRecording | null;
  private readonly account: ConnectionRecord;
  private readonly clock: Clock;
  /** Of the client's header; it was classified before, unless nothing is guarded. */
  private header: Step | null;
  /** Made for those that begin so, and gone when all is known. */
  private hello: ClientHelloReader | null | undefined;

  /**
   * @param options `isClassified`: the header was looked at before; `isTaped`: what passes is kept until the connection is
   *   open; `passed`: called for each method of the Connection class as it passes
   */
  constructor(
    account: ConnectionRecord,
    options: {
      readonly clock: Clock;
      readonly isClassified: boolean;
      readonly isTaped: boolean;
      readonly passed: (method: ConnectionMethodName) => void;
    },
  ) {
    this.account = account;
    this.clock = options.clock;
    this.header = options.isClassified ? null : ACCEPTED;
    this.tape = options.isTaped ? new HandshakeRecording() : null;
    this.follower = new Follower(account.rules.dialect, options.passed);
    this.debt = new PendingAnswer(options.clock);
    this.heardAt = account.timing.acceptedAt;
  }

  fromUpstream(octets: Uint8Array): void {
    if (this.isOpening) this.tape?.add('upstream', octets);
    this.follower.fromUpstream(octets);
    if (this.isOpening) this.debt.note(this.follower.conversation);
  }

  fromClient(octets: Uint8Array): void {
    this.heardAt = this.clock.ticks();
    if (this.header !== null) this.readHeader(this.header, octets);
    if (this.hello !== null) this.readHello(octets);
    if (this.isOpening) this.tape?.add('client', octets);
    this.follower.fromClient(octets);
    if (this.isOpening) this.debt.note(this.follower.conversation);
  }

  /** The connection is open: what passes now is not kept. */
  opened(): void {
    this.tape?.stop();
  }

  /** What has passed of the handshake, once; null if that is not known. */
  takeTape(): HandshakeRecording['passed'] | null {
    const { tape } = this;
    this.tape = null;
    return tape === null || tape.isTorn ? null : tape.passed;
  }

  ended(): void {
    this.endedAt ??= this.clock.ticks();
  }

  private get isOpening(): boolean {
    return this.follower.stage !== 'running';
  }

  private readHeader(before: Step, octets: Uint8Array): void {
    const { account } = this;
    if (before === ACCEPTED) account.begin(false);
    const now = step(before, { type: 'data', octets }, account.rules);
    account.header = now.seen;
    if (now.seen.length === HEADER_LENGTH) account.timing.steps.headerMs = account.timing.elapsed();
    this.header = now.verdict.type === 'wait' ? now : null;
  }

  private readHello(octets: Uint8Array): void {
    this.hello ??= beginsHello(this.account.header) ? new ClientHelloReader() : null;
    if (this.hello !== null && this.account.readHello([octets], this.hello)) this.hello = null;
  }
}
