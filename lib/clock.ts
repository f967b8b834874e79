/** The source of time. Code that measures or waits takes a clock, so that specs do not have to wait. */
export interface Clock {
  /** Wall clock time, in ms since 1970. */
  wall(): number;
  /** Monotonic time, in ms since an arbitrary moment. */
  ticks(): number;
  /** Calls `then` once after `ms`. */
  start(then: () => void, ms: number): Timer;
  stop(timer: Timer): void;
}

export type Timer = ReturnType<typeof setTimeout>;

export const systemClock: Clock = {
  wall: Date.now,
  ticks: () => performance.now(),
  start: setTimeout,
  stop: clearTimeout,
};
