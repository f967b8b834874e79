import type { Conversation } from '../amqp/conversation.js';
import type { Clock } from '../clock.js';

/** How much later than the broker the proxy ends a connection over which the broker sleeps, in ms: the broker is to be first. */
const GRACE = 100;

/** What the broker owes its client, and since when: while it owes it may be asleep, and not notice that time is up. */
export class PendingAnswer {
  private readonly clock: Clock;
  private what: 'login' | 'open' | 'failure' | null = null;
  /** `Clock.ticks` */
  private since = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Looks at the connection after octets have passed. */
  note(conversation: Conversation | null): void {
    const what = conversation === null ? null : conversation.failure !== null ? 'failure' : conversation.pending;
    if (what === this.what) return;
    this.what = what;
    this.since = this.clock.ticks();
  }

  /** How long the broker had owed an answer by then, in ms; 0 if it owed none. @param at `Clock.ticks` */
  unanswered(at: number): number {
    return this.what === null ? 0 : at - this.since;
  }

  /** How long the broker may sleep on, in whole ms. 0 if it owes nothing, or must have woken. */
  sleepsOn(conversation: Conversation | null): number {
    if (this.what === null) return 0;
    const sleep = (conversation?.sleep ?? 0) + GRACE;
    return Math.max(0, Math.ceil(this.since + sleep - this.clock.ticks()));
  }
}
