/** Time, as the data path is handed it: what measures or waits gets a clock, so that specs need not wait. */
export interface Clock {
  /** The wall clock: ms since 1970. */
  wall(): number;
  /** A clock that never jumps: ms since some moment. */
  ticks(): number;
  /** Calls `then` once, after `ms`. */
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
