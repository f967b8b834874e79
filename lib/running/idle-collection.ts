import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../clock.js';
import { collectGarbage, MOST_COLLECTED } from './collect-garbage.js';
import { type OwnMemory, ownMemory } from './own-memory.js';

/** How often the process is checked, in ms. */
const INTERVAL = 1_000;
/** The share of the time that the process works, below which it is idle. */
const IDLE = 0.05;
/** How many checks in a row must find it idle. */
const CALM = 3;
/** What the process must have grown by since its start, in bytes. */
const WORTHWHILE = 32 * 1024 ** 2;
/** The shortest time between two collections, in ms. */
const PAUSE = 10_000;

/**
 * Collects garbage once when the process has become idle after a load. V8 gives its memory back only after a collection, and
 * collects only when it needs memory: without this, an idle process would keep all that it had under load.
 */
export class IdleCollection {
  private readonly clock: Clock;
  private readonly measure: () => OwnMemory;
  private readonly collect: () => void;
  private readonly work: () => number;
  private timer: Timer | undefined;
  private initial = 0;
  private hasWorked = false;
  private calm = 0;
  private collectedAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    readonly clock: Clock;
    /** @defaultValue measures this process */
    readonly measure?: (() => OwnMemory) | undefined;
    /** @defaultValue collects the garbage of this process */
    readonly collect?: (() => void) | undefined;
    /** Returns the share of the time since the last call that the process worked. @defaultValue that of the event loop */
    readonly work?: (() => number) | undefined;
  }) {
    this.clock = options.clock;
    this.measure = options.measure ?? ownMemory;
    this.collect = options.collect ?? collectGarbage;
    this.work = options.work ?? eventLoopWork();
  }

  /** Checks regularly until `stop`. */
  start(): void {
    this.initial = this.measure().resident;
    this.wait();
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  private wait(): void {
    this.timer = this.clock.start(() => {
      this.check();
      this.wait();
    }, INTERVAL);
  }

  private check(): void {
    const isIdle = this.work() < IDLE;
    this.hasWorked ||= !isIdle;
    this.calm = isIdle ? this.calm + 1 : 0;
    if (!this.hasWorked || this.calm < CALM || this.clock.ticks() < this.collectedAt + PAUSE) return;
    this.hasWorked = false;
    const { resident, heap } = this.measure();
    if (resident < this.initial + WORTHWHILE || heap > MOST_COLLECTED) return;
    this.collectedAt = this.clock.ticks();
    this.collect();
  }
}

function eventLoopWork(): () => number {
  let before: EventLoopUtilization | undefined;
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = before === undefined ? now : performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
