import type { Conversation } from '../amqp/conversation.js';
import { type Due, type Owed, owedIn } from '../amqp/owed.js';
import type { Clock } from '../clock.js';

/**
 * How much longer than a sleeping broker the proxy waits, in ms, so that the broker ends the connection first, also when it is
 * busy or far away. What the proxy has to end itself was not refused by the broker.
 */
const GRACE = 1_000;

/** What one side owes the other while a connection is opened, and since when. */
export class PendingAnswer {
  private readonly clock: Clock;
  private owed: Owed | null = null;
  /** `Clock.ticks` */
  private since = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Updates after octets have passed. */
  note(conversation: Conversation | null): void {
    const owed = conversation === null ? null : owedIn(conversation);
    if (owed === this.owed) return;
    this.owed = owed;
    this.since = this.clock.ticks();
  }

  /** How long the broker had not answered a request or an error of the client, in ms; 0 if it had. @param at `Clock.ticks` */
  unanswered(at: number): number {
    return this.isUnanswered ? at - this.since : 0;
  }

  /** What was owed; null if nothing was. @param at `Clock.ticks` @param heardAt when the client last sent octets, `Clock.ticks` */
  due(conversation: Conversation, at: number, heardAt: number): Due | null {
    const { owed, since } = this;
    if (owed === null) return null;
    return { ...owed, protocol: conversation.protocol, since: at - since, clientSilent: heardAt <= since };
  }

  /**
   * How much longer the broker may sleep before it answers, in whole ms; 0 if it has nothing to answer, or must have woken
   * up. While it sleeps, it misses its own handshake timeout.
   */
  sleepsOn(conversation: Conversation | null): number {
    if (!this.isUnanswered) return 0;
    const sleep = (conversation?.sleep ?? 0) + GRACE;
    return Math.max(0, Math.ceil(this.since + sleep - this.clock.ticks()));
  }

  /** A broker that has not sent Start has not read any request yet. */
  private get isUnanswered(): boolean {
    return this.owed?.by === 'upstream' && this.owed.what !== 'start';
  }
}
