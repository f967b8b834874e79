import type { Clock, Timer } from '../../clock.js';
import type { Close } from '../../close.js';

/** How long a side may take to end after a fault has ended the connection, in ms: a farewell to the broker, and then TCP. */
const LAST = 10_000;
/** How long faults can hold back octets once no side sends any more, in ms. */
const HELD = 30_000;

/**
 * Time limits, so that faults do not keep the sockets of an ended connection open indefinitely. A FIN of the client alone
 * has a limit while a fault holds it back, because the upstream then does not close.
 */
export class EndLimits {
  private readonly clock: Clock;
  private readonly due: () => void;
  private client: Close | null;
  private hasUpstreamEnded: boolean;
  private isHolding = false;
  private isLifted = false;
  private isStopped = false;
  private last: Timer | undefined;
  private held: Timer | undefined;

  /**
   * @param ended which side has ended already
   * @param due called when time is up
   */
  constructor(clock: Clock, ended: { readonly client: Close | null; readonly upstream: boolean }, due: () => void) {
    this.clock = clock;
    this.client = ended.client;
    this.hasUpstreamEnded = ended.upstream;
    this.due = due;
  }

  clientEnded(how: Close): void {
    this.client = how;
    this.limit();
  }

  upstreamEnded(): void {
    this.hasUpstreamEnded = true;
    this.limit();
  }

  /** A fault keeps the client waiting, or no longer does. */
  holding(isHolding: boolean): void {
    this.isHolding = isHolding;
    this.limit();
  }

  /** A fault keeps the connection as it is, although a side has ended, or no longer does. */
  keepOpen(isKept: boolean): void {
    this.isLifted = isKept;
    this.limit();
  }

  /** A fault has ended the connection. */
  faultEnded(): void {
    if (!this.isStopped) this.last ??= this.clock.start(this.due, LAST);
  }

  stop(): void {
    this.isStopped = true;
    for (const timer of [this.last, this.held]) if (timer !== undefined) this.clock.stop(timer);
  }

  private limit(): void {
    if (this.isStopped) return;
    const { client, hasUpstreamEnded, isHolding, isLifted } = this;
    if (!isLifted && (client === 'rst' || (client === 'fin' && (hasUpstreamEnded || isHolding)))) {
      this.held ??= this.clock.start(this.due, HELD);
    } else if (this.held !== undefined) {
      this.clock.stop(this.held);
      this.held = undefined;
    }
  }
}
