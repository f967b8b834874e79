import type { Clock, Timer } from '../clock.js';

/**
 * RabbitMQ's handshake timeout: one deadline from when the reader has the socket until the connection is open. Octets do
 * not move it.
 */
export class Deadline {
  /** Called once, when time is up; whoever has the connection in hand sets it. */
  due: () => void = () => {};
  private readonly clock: Clock;
  private timer: Timer;
  /** `Clock.ticks` */
  private dueAt: number;
  /** ms that were left when it was suspended */
  private left: number | null = null;
  private isStopped = false;

  /** @param timeout ms from now */
  constructor(clock: Clock, timeout: number) {
    this.clock = clock;
    this.dueAt = clock.ticks() + timeout;
    this.timer = clock.start(() => this.due(), timeout);
  }

  /** Time is up only so many ms from now. */
  putOff(ms: number): void {
    this.clock.stop(this.timer);
    this.dueAt = this.clock.ticks() + ms;
    this.timer = this.clock.start(() => this.due(), ms);
  }

  /** Time stands still until `resume`. */
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
