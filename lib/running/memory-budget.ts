import type { Limit } from '../amqp/limit.js';
import type { Clock, Timer } from '../clock.js';
import { inMebibytes } from '../text/size.js';
import { collectGarbage, MOST_COLLECTED } from './collect-garbage.js';
import { type OwnMemory, ownMemory } from './own-memory.js';

/**
 * The share of a limit at which new connections begin to be refused. The rest is for the data of open connections, also in
 * the kernel's buffers, and for the reports, log entries and garbage of the clients that are refused.
 */
const REFUSES_FROM = 0.85;
/** The share below which they are accepted again, so that the two do not alternate. */
const ACCEPTS_BELOW = 0.8;
/** How often memory is measured, in ms. */
const INTERVAL = 50;
/** What the kernel needs for the two sockets of a connection, in bytes. A container is charged for it too: 7 KiB were seen. */
const PER_CONNECTION = 8 * 1024;

/** Pause after a collection of garbage, as a multiple of its duration, and the shortest in ms. */
const COLLECTION_PAUSE = 20;
const SHORTEST_PAUSE = 1_000;

/** Refuses new connections while the process uses most of its memory, so that it is not killed with all that are open. */
export class MemoryBudget {
  readonly limit: number | null;
  /** The limit that was nearly reached; undefined while connections are accepted. */
  refusal: Limit | undefined;
  private readonly connections: () => number;
  private readonly measure: () => OwnMemory;
  private readonly collect: () => void;
  private collectAgainAt = Number.NEGATIVE_INFINITY;
  private readonly clock: Clock;
  private readonly say: (message: string) => void;
  private memory: OwnMemory;
  private timer: Timer | undefined;

  /** @param limit in bytes; null: only V8's own limit */
  constructor(
    limit: number | null,
    options: {
      readonly clock: Clock;
      /** Returns how many connections are open. */
      readonly connections: () => number;
      /** Called when connections begin to be refused, and when they are accepted again. */
      readonly say: (message: string) => void;
      /** @defaultValue measures this process */
      readonly measure?: (() => OwnMemory) | undefined;
      /** @defaultValue collects the garbage of this process */
      readonly collect?: (() => void) | undefined;
    },
  ) {
    this.limit = limit;
    this.clock = options.clock;
    this.connections = options.connections;
    this.say = options.say;
    this.measure = options.measure ?? ownMemory;
    this.collect = options.collect ?? collectGarbage;
    this.memory = this.measure();
  }

  /** Measures now, and then regularly until `stop`. */
  start(): void {
    this.check();
    this.timer = this.clock.start(() => this.start(), INTERVAL);
  }

  stop(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer);
    this.timer = undefined;
  }

  /** What was used when it was measured last, in bytes. */
  get used(): number {
    return this.memory.resident + this.connections() * PER_CONNECTION;
  }

  private check(): void {
    this.memory = this.measure();
    this.collectIfNeeded();
    const before = this.refusal;
    this.refusal = this.exceeded(before === undefined ? REFUSES_FROM : ACCEPTS_BELOW);
    if (before === undefined && this.refusal !== undefined) {
      this.say(`${this.described(this.refusal)}: new connections are refused`);
    } else if (before !== undefined && this.refusal === undefined) {
      this.say(`${this.described(before)}: new connections are accepted again`);
    }
  }

  /** Collects garbage before connections are refused: V8 does so by its own limits, and keeps the memory it frees for a while. */
  private collectIfNeeded(): void {
    const { clock } = this;
    const startedAt = clock.ticks();
    if (this.exceeded(REFUSES_FROM) === undefined) return;
    if (startedAt < this.collectAgainAt || this.memory.heap > MOST_COLLECTED) return;
    this.collect();
    const endedAt = clock.ticks();
    this.collectAgainAt = endedAt + Math.max(SHORTEST_PAUSE, (endedAt - startedAt) * COLLECTION_PAUSE);
    this.memory = this.measure();
  }

  private exceeded(share: number): Limit | undefined {
    const { limit, memory, used } = this;
    if (limit !== null && used >= limit * share) return { name: 'limit', limit: 'memoryLimit', value: limit };
    const { heap, heapLimit } = memory;
    return heap >= heapLimit * share ? { name: 'limit', limit: 'heap', value: heapLimit } : undefined;
  }

  private described({ limit }: Limit): string {
    const { heap, heapLimit } = this.memory;
    return limit === 'heap'
      ? `the process uses ${inMebibytes(heap)} of its JavaScript heap of ${inMebibytes(heapLimit)}`
      : `the process uses ${inMebibytes(this.used)} of its memory limit of ${inMebibytes(this.limit ?? 0)}`;
  }
}
