import type { Following } from '../amqp/following.js';
import type { Clock } from '../clock.js';

/** How much later than the broker the proxy ends a connection over which the broker sleeps, in ms: the broker is to be first. */
const GRACE = 100;

/** What the broker owes its client, and since when: while it owes it may be asleep, and not notice that time is up. */
export class Debt {
  private readonly clock: Clock;
  private what: 'login' | 'open' | 'failure' | null = null;
  /** `Clock.ticks` */
  private since = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Looks at the connection after octets have passed. */
  note(following: Following | null): void {
    const what = following === null ? null : following.failure !== null ? 'failure' : following.pending;
    if (what === this.what) return;
    this.what = what;
    this.since = this.clock.ticks();
  }

  /** How long the broker had owed an answer by then, in ms; 0 if it owed none. @param at `Clock.ticks` */
  unanswered(at: number): number {
    return this.what === null ? 0 : at - this.since;
  }

  /** How long the broker may sleep on, in whole ms. 0 if it owes nothing, or must have woken. */
  sleepsOn(following: Following | null): number {
    if (this.what === null) return 0;
    const sleep = (following?.sleep ?? 0) + GRACE;
    return Math.max(0, Math.ceil(this.since + sleep - this.clock.ticks()));
  }
}
