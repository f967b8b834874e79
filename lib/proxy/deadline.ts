import type { Clock, Timer } from './clock.js';

/**
 * RabbitMQ's handshake timeout: one deadline from when the reader has the socket until the connection is open. Octets do
 * not move it.
 */
export class Deadline {
  /** Called once, when time is up; whoever has the connection in hand sets it. */
  due: () => void = () => {};
  private readonly clock: Clock;
  private timer: Timer;

  /** @param timeout ms from now */
  constructor(clock: Clock, timeout: number) {
    this.clock = clock;
    this.timer = clock.start(() => this.due(), timeout);
  }

  /** Time is up only so many ms from now. */
  putOff(ms: number): void {
    this.clock.stop(this.timer);
    this.timer = this.clock.start(() => this.due(), ms);
  }

  stop(): void {
    this.clock.stop(this.timer);
  }
}
