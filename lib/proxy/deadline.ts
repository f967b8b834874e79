import type { Clock, Timer } from '../clock.js';

/**
 * RabbitMQ's handshake timeout: one deadline, from the moment the reader has the socket until the connection is open.
 * Octets do not extend it.
 */
export class Deadline {
  /** Called once, when the deadline is due. Each step sets its own. */
  due: () => void = () => {};
  private readonly clock: Clock;
  private timer: Timer;
  /** `Clock.ticks` */
  private dueAt: number;
  /** Time left when it was suspended, in ms. */
  private left: number | null = null;
  private isStopped = false;

  /** @param timeout ms from now */
  constructor(clock: Clock, timeout: number) {
    this.clock = clock;
    this.dueAt = clock.ticks() + timeout;
    this.timer = clock.start(() => this.due(), timeout);
  }

  /** Moves the deadline. @param ms from now */
  putOff(ms: number): void {
    this.clock.stop(this.timer);
    this.dueAt = this.clock.ticks() + ms;
    this.timer = this.clock.start(() => this.due(), ms);
  }

  /** Stops the clock until `resume`. */
  suspend(): void {
    if (this.isStopped || this.left !== null) return;
    this.left = Math.max(0, this.dueAt - this.clock.ticks());
    this.clock.stop(this.timer);
  }

  resume(): void {
    const { left } = this;
    this.left = null;
    if (left !== null && !this.isStopped) this.putOff(Math.ceil(left));
  }

  stop(): void {
    this.isStopped = true;
    this.clock.stop(this.timer);
  }
}
