/** The time, and what waits for it. The page uses that of the browser; specs move one by hand. */
export type Timers = {
  /** ms since 1970 */
  wall(): number;
  /** Calls `then` once after `ms`. @returns what `stop` takes */
  start(then: () => void, ms: number): unknown;
  stop(timer: unknown): void;
};

export const browserTimers: Timers = {
  wall: () => Date.now(),
  start: (then, ms) => setTimeout(then, ms),
  stop: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
