import type { Conversation, Passed } from './conversation.js';
import { Conversation091, type OpenedHandshake } from './conversation-0-9-1.js';
import { Conversation10 } from './conversation-1-0.js';
import type { Dialect } from './dialect.js';
import { HEADER_LENGTH, isAmqp10, type Quad, quadOf } from './header.js';
import { appendHeader } from './header-octets.js';
import type { Stage } from './stage.js';

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Follows a connection between a client and its broker without changing it: which protocol they speak, what they
 * negotiate, and how far they are. It ignores what it cannot follow.
 */
export class Follower {
  /** The version quad with which the upstream answered the client's header; null if it did not. */
  answer: Quad | null = null;
  /** The state of the protocol; null until its header is complete, and if that is not a protocol header. */
  conversation: Conversation | null = null;
  private spoken: Dialect;
  private readonly passed: Passed;
  private readonly accepts: number;
  /** The first octets of each side, 8 at most. */
  private clientHeader = NOTHING;
  private upstreamHeader = NOTHING;
  /** Whether the upstream's first 8 octets are known. */
  private hasAnswered = false;
  private isStopped = false;

  /**
   * @param dialect the broker's dialect, as far as it is known
   * @param passed called for each Connection method that passes
   * @param accepts the largest payload that the broker is known to accept before Tune-Ok, in octets; 0: not known
   */
  constructor(dialect: Dialect, passed: Passed, accepts = 0) {
    this.accepts = accepts;
    this.spoken = dialect;
    this.passed = passed;
  }

  get stage(): Stage {
    return this.conversation?.stage ?? 'header';
  }

  /** The largest payload that the broker has accepted before Tune-Ok, in octets; 0: not known. */
  get accepted(): number {
    return this.conversation instanceof Conversation091 ? this.conversation.accepted : 0;
  }

  /**
   * The side whose octets could no longer be parsed as frames. An upstream that echoes the header of AMQP 0-9-1 does not
   * speak it: a broker answers with Start, or refuses with another header.
   */
  get unreadable(): 'client' | 'upstream' | null {
    const { conversation, answer, clientHeader } = this;
    if (conversation === null) return null;
    const isEcho =
      answer !== null && conversation.protocol === '0-9-1' && answer.join() === quadOf(clientHeader)?.join();
    return conversation.unreadable ?? (isEcho ? 'upstream' : null);
  }

  /** What is known of an open AMQP 0-9-1 connection; null for other protocols, and before the header. */
  get opened(): OpenedHandshake | null {
    const { conversation } = this;
    if (!(conversation instanceof Conversation091)) return null;
    const { handshake, acceptsBlocked, acceptsCancel, underWay } = conversation;
    return { handshake, acceptsBlocked, acceptsCancel, underWay: this.isStopped ? null : underWay };
  }

  /** Changes the dialect in which the client's errors are explained from now on. */
  set dialect(dialect: Dialect) {
    this.spoken = dialect;
    if (this.conversation) this.conversation.dialect = dialect;
  }

  /** Stops following. */
  stop(): void {
    this.isStopped = true;
  }

  fromClient(octets: Uint8Array): void {
    if (this.isStopped) return;
    let rest = octets;
    if (this.clientHeader.length < HEADER_LENGTH) {
      const missing = HEADER_LENGTH - this.clientHeader.length;
      this.clientHeader = appendHeader(this.clientHeader, octets);
      if (octets.length < missing) return;
      this.conversation = this.follow(quadOf(this.clientHeader));
      if (octets.length === missing) return;
      rest = octets.subarray(missing);
    }
    this.conversation?.fromClient(rest);
  }

  fromUpstream(octets: Uint8Array): void {
    if (this.isStopped) return;
    if (this.hasAnswered) this.conversation?.fromUpstream(octets);
    else this.readAnswer(octets);
  }

  private readAnswer(octets: Uint8Array): void {
    const { upstreamHeader: before, conversation } = this;
    const isWhole = before.length === 0 && octets.length >= HEADER_LENGTH;
    const header = isWhole ? octets : appendHeader(before, octets);
    // No frame is shorter than a header.
    if (header.length < HEADER_LENGTH) {
      this.upstreamHeader = header;
      return;
    }
    this.hasAnswered = true;
    this.answer = quadOf(header) ?? null;
    const isHeader = this.answer !== null;
    if (this.answer !== null && conversation instanceof Conversation10) conversation.answered(this.answer);
    // What is no header is the beginning of the first frame.
    if (!isHeader && before.length > 0) conversation?.fromUpstream(before);
    const rest = isHeader ? octets.subarray(HEADER_LENGTH - before.length) : octets;
    if (rest.length > 0) conversation?.fromUpstream(rest);
  }

  private follow(quad: Quad | undefined): Conversation | null {
    if (quad === undefined) return null;
    if (isAmqp10(quad)) return new Conversation10(this.spoken, quad[0] === 3, this.passed);
    const isAmqp08 = quad[0] === 1 && quad[2] !== 0;
    return new Conversation091(this.spoken, isAmqp08, this.passed, this.accepts);
  }
}
