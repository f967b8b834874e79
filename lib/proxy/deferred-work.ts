import { type Clock, systemClock } from '../clock.js';

/** How long deferred work may keep timers and sockets waiting at a time, in ms. */
const SLICE = 5;
/** Maximum pieces of work that wait. More are done at once, so that work that arrives faster than it is done has a bound. */
const MOST_WAITING = 4096;

/**
 * Work that can wait, such as logging a connection that has ended. It is done in order in later turns of the event loop, a few
 * milliseconds at a time, so that many connections that end together do not delay each other's deadlines.
 */
export class DeferredWork {
  private readonly clock: Clock;
  /** Used again: a new array each time would keep what it holds in memory for longer. Done work is undefined. */
  private readonly waiting: ((() => void) | undefined)[] = [];
  private done = 0;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  /** @param work called once, in a later turn. It must not throw */
  add(work: () => void): void {
    if (this.waiting.push(work) === 1) setImmediate(() => this.doSome());
  }

  private doSome(): void {
    const { clock } = this;
    const until = clock.ticks() + SLICE;
    do this.doNext();
    while (this.left > MOST_WAITING || (this.left > 0 && clock.ticks() < until));
    this.waiting.splice(0, this.done);
    this.done = 0;
    if (this.left > 0) setImmediate(() => this.doSome());
  }

  private doNext(): void {
    const work = this.waiting[this.done];
    this.waiting[this.done++] = undefined;
    work?.();
  }

  private get left(): number {
    return this.waiting.length - this.done;
  }
}
