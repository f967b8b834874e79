import { ACCEPTED, type Step, step } from '../amqp/classifier.js';
import type { ConnectionMethodName } from '../amqp/connection-methods.js';
import { Follower } from '../amqp/follower.js';
import { HEADER_LENGTH } from '../amqp/header.js';
import type { Due } from '../amqp/owed.js';
import type { Clock } from '../clock.js';
import { beginsHello, ClientHelloReader } from '../tls/client-hello.js';
import { HandshakeRecording } from './handshake-recording.js';
import { PendingAnswer } from './pending-answer.js';
import type { Relayed, RelayObserver } from './relay.js';
import type { Session } from './session.js';

/** Sees everything that is relayed on a connection, and keeps what later decisions and the report need. */
export class TrafficObserver implements RelayObserver {
  readonly follower: Follower;
  readonly pendingAnswer: PendingAnswer;
  /** When the client last sent octets (`Clock.ticks`). */
  heardAt: number;
  /** When the first of the two sides closed (`Clock.ticks`). */
  endedAt: number | null = null;
  /** What was owed when the first of the two sides closed, or the handshake timed out; null if nothing was. */
  due: Due | null = null;
  /** When the upstream closed (`Clock.ticks`); null: it has not. */
  upstreamEndedAt: number | null = null;
  /** The broker has sent Open-Ok. */
  isOpen = false;
  /** Kept while the connection is being opened: a fault that is added meanwhile reads it. */
  private recording: HandshakeRecording | null = new HandshakeRecording();
  private readonly session: Session;
  private readonly clock: Clock;
  /** The classifier, where the header was not classified before: in observe mode. */
  private header: Step | null;
  /** Reads a ClientHello; null when the client did not send one, or all of it is known. */
  private hello: ClientHelloReader | null | undefined;

  /**
   * @param options `isClassified`: the header was classified before; `passed`: called with each method of the Connection
   *   class as it passes
   */
  constructor(
    session: Session,
    options: {
      readonly isClassified: boolean;
      readonly passed: (method: ConnectionMethodName) => void;
    },
  ) {
    this.session = session;
    this.clock = session.context.clock;
    this.header = options.isClassified ? null : ACCEPTED;
    this.follower = new Follower(session.dialect, options.passed, session.context.accepted.payload);
    this.pendingAnswer = new PendingAnswer(this.clock);
    this.heardAt = session.timing.acceptedAt;
  }

  fromUpstream(octets: Uint8Array): void {
    const { follower, isOpen } = this;
    if (!isOpen) this.recording?.add('upstream', octets);
    follower.fromUpstream(octets);
    // Also after the Open-Ok: nothing is owed any more.
    if (!isOpen) this.pendingAnswer.note(follower.conversation);
  }

  fromClient(octets: Uint8Array): void {
    this.heardAt = this.clock.ticks();
    if (this.header !== null) this.readHeader(this.header, octets);
    if (this.hello !== null) this.readHello(octets);
    const { follower, isOpen } = this;
    if (!isOpen) this.recording?.add('client', octets);
    follower.fromClient(octets);
    if (!isOpen) this.pendingAnswer.note(follower.conversation);
  }

  /** The handshake is complete. */
  opened(): void {
    this.isOpen = true;
    this.recording = null;
  }

  /** The recorded handshake; null if it is not known. */
  get recorded(): HandshakeRecording['passed'] | null {
    const { recording } = this;
    return recording === null || recording.isTooLong ? null : recording.passed;
  }

  ended(by: Relayed['by']): void {
    const now = this.clock.ticks();
    const { conversation } = this.follower;
    if (conversation !== null && (this.endedAt === null || by === 'proxy')) {
      this.due = this.pendingAnswer.due(conversation, now, this.heardAt);
    }
    this.endedAt ??= now;
    if (by === 'upstream') this.upstreamEndedAt ??= now;
  }

  private readHeader(before: Step, octets: Uint8Array): void {
    const { session } = this;
    if (before === ACCEPTED) session.record.begin(false);
    const now = step(before, { type: 'data', octets }, session.rules);
    session.sawHeader(now.seen);
    if (now.seen.length === HEADER_LENGTH) session.timing.steps.headerMs = session.timing.elapsed();
    if (before === ACCEPTED && now.verdict.type === 'refuse') session.readForeign([octets]);
    this.header = now.verdict.type === 'wait' ? now : null;
  }

  private readHello(octets: Uint8Array): void {
    this.hello ??= beginsHello(this.session.header) ? new ClientHelloReader() : null;
    if (this.hello !== null && this.session.readHello([octets], this.hello)) this.hello = null;
  }
}
