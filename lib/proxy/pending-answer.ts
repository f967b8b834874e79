import type { Conversation } from '../amqp/conversation.js';
import type { Clock } from '../clock.js';

/** How much longer than a sleeping broker the proxy waits, in ms, so that the broker ends the connection first. */
const GRACE = 100;

/** The answer that the broker owes its client, and since when. Until then the broker may be asleep and miss its own timeout. */
export class PendingAnswer {
  private readonly clock: Clock;
  private what: 'login' | 'open' | 'failure' | null = null;
  /** `Clock.ticks` */
  private since = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Updates after octets have passed. */
  note(conversation: Conversation | null): void {
    const what = conversation === null ? null : conversation.failure !== null ? 'failure' : conversation.pending;
    if (what === this.what) return;
    this.what = what;
    this.since = this.clock.ticks();
  }

  /** How long the answer had been pending, in ms; 0 if none was. @param at `Clock.ticks` */
  unanswered(at: number): number {
    return this.what === null ? 0 : at - this.since;
  }

  /** How much longer the broker may sleep, in whole ms; 0 if no answer is pending, or it must have woken up. */
  sleepsOn(conversation: Conversation | null): number {
    if (this.what === null) return 0;
    const sleep = (conversation?.sleep ?? 0) + GRACE;
    return Math.max(0, Math.ceil(this.since + sleep - this.clock.ticks()));
  }
}
