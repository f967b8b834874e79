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
  private readonly dialect: Dialect;
  private readonly passed: Passed;
  /** The first octets of each side, 8 at most. */
  private clientHeader = NOTHING;
  private upstreamHeader = NOTHING;
  private isStopped = false;

  /**
   * @param dialect the broker's dialect, as far as it is known
   * @param passed called for each Connection method that passes
   */
  constructor(dialect: Dialect, passed: Passed) {
    this.dialect = dialect;
    this.passed = passed;
  }

  get stage(): Stage {
    return this.conversation?.stage ?? 'header';
  }

  /** What is known of an open AMQP 0-9-1 connection; null for other protocols, and before the header. */
  get opened(): OpenedHandshake | null {
    const { conversation } = this;
    if (!(conversation instanceof Conversation091)) return null;
    const { handshake, acceptsBlocked, underWay } = conversation;
    return { handshake, acceptsBlocked, underWay: this.isStopped ? null : underWay };
  }

  /** Stops following. */
  stop(): void {
    this.isStopped = true;
  }

  fromClient(octets: Uint8Array): void {
    if (this.isStopped) return;
    let rest = octets;
    if (this.clientHeader.length < HEADER_LENGTH) {
      rest = octets.subarray(HEADER_LENGTH - this.clientHeader.length);
      this.clientHeader = appendHeader(this.clientHeader, octets);
      if (this.clientHeader.length < HEADER_LENGTH) return;
      this.conversation = this.follow(quadOf(this.clientHeader));
    }
    if (rest.length > 0) this.conversation?.fromClient(rest);
  }

  fromUpstream(octets: Uint8Array): void {
    if (this.isStopped) return;
    let rest = octets;
    if (this.upstreamHeader.length < HEADER_LENGTH) {
      rest = octets.subarray(HEADER_LENGTH - this.upstreamHeader.length);
      this.upstreamHeader = appendHeader(this.upstreamHeader, octets);
      // No frame is shorter than a header.
      if (this.upstreamHeader.length < HEADER_LENGTH) return;
      this.answer = quadOf(this.upstreamHeader) ?? null;
      if (this.answer === null) this.conversation?.fromUpstream(this.upstreamHeader);
      else if (this.conversation instanceof Conversation10) this.conversation.answered(this.answer);
    }
    if (rest.length > 0) this.conversation?.fromUpstream(rest);
  }

  private follow(quad: Quad | undefined): Conversation | null {
    if (quad === undefined) return null;
    if (isAmqp10(quad)) return new Conversation10(this.dialect, quad[0] === 3, this.passed);
    const isAmqp08 = quad[0] === 1 && quad[2] !== 0;
    return new Conversation091(this.dialect, isAmqp08, this.passed);
  }
}
