import type { Conversation, Passed } from './conversation.js';
import { Conversation091, type UnderWay } from './conversation-0-9-1.js';
import { Conversation10 } from './conversation-1-0.js';
import type { Dialect } from './dialect.js';
import { HEADER_LENGTH, isAmqp10, type Quad, quadOf } from './header.js';
import type { Stage } from './stage.js';

const NOTHING = new Uint8Array();

/**
 * Follows what passes between a client and its broker, without changing it. Which protocol it is, the header says.
 * What it cannot follow it leaves alone.
 */
export class Follower {
  /** The version quad with which the upstream answered the client's header; null if it did not. */
  answer: Quad | null = null;
  /** What the connection is followed with; null before its header, and for a header that is none. */
  conversation: Conversation | null = null;
  private readonly dialect: Dialect;
  private readonly passed: Passed;
  /** The first octets of each side, until there are enough to tell whether they are a header; then null. */
  private header: Uint8Array | null = NOTHING;
  private opening: Uint8Array | null = NOTHING;
  private isStopped = false;

  /**
   * @param dialect that of the broker, as far as it is known
   * @param passed called for each method of the Connection class as it passes
   */
  constructor(dialect: Dialect, passed: Passed) {
    this.dialect = dialect;
    this.passed = passed;
  }

  get stage(): Stage {
    return this.conversation?.stage ?? 'header';
  }

  /** Where the two sides of an open connection are in their frames; null when that is not known. */
  get underWay(): UnderWay | null {
    return !this.isStopped && this.conversation instanceof Conversation091 ? this.conversation.underWay : null;
  }

  /** Looks no more: what passes from now on is octets. */
  stop(): void {
    this.isStopped = true;
  }

  fromClient(octets: Uint8Array): void {
    if (this.isStopped) return;
    if (this.header === null) {
      this.conversation?.fromClient(octets);
      return;
    }
    const first = joined(this.header, octets);
    if (first.length < HEADER_LENGTH) {
      this.header = Uint8Array.from(first);
      return;
    }
    this.header = null;
    this.conversation = this.follow(quadOf(first));
    if (first.length > HEADER_LENGTH) this.conversation?.fromClient(first.subarray(HEADER_LENGTH));
  }

  fromUpstream(octets: Uint8Array): void {
    if (this.isStopped) return;
    if (this.opening === null) {
      this.conversation?.fromUpstream(octets);
      return;
    }
    const first = joined(this.opening, octets);
    // No frame is shorter than a header.
    if (first.length < HEADER_LENGTH) {
      this.opening = Uint8Array.from(first);
      return;
    }
    this.opening = null;
    this.answer = quadOf(first) ?? null;
    if (this.answer === null) this.conversation?.fromUpstream(first);
    else if (first.length > HEADER_LENGTH) this.conversation?.fromUpstream(first.subarray(HEADER_LENGTH));
  }

  private follow(quad: Quad | undefined): Conversation | null {
    if (quad === undefined) return null;
    if (isAmqp10(quad)) return new Conversation10(this.dialect, quad[0] === 3, this.passed);
    const isAmqp08 = quad[0] === 1 && quad[2] !== 0;
    return new Conversation091(this.dialect, isAmqp08, this.passed);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
