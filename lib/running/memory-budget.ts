import { getHeapStatistics } from 'node:v8';
import type { Limit } from '../amqp/limit.js';
import type { Clock, Timer } from '../clock.js';
import { inMebibytes } from '../text/size.js';

/**
 * The share of the memory limit at which new connections begin to be refused. The rest is for the kernel's socket buffers,
 * which a container is charged for too, for what open connections still need, and for what arrives until it is measured again.
 */
const REFUSES_FROM = 0.85;
/** The share below which they are accepted again, so that the two do not alternate. */
const ACCEPTS_BELOW = 0.8;
/** How often memory is measured, in ms. It takes about 10 µs. */
const INTERVAL = 50;

/** What the process uses, in bytes. */
export type MemoryUse = {
  /** Resident memory. */
  readonly rss: number;
  /** Objects in V8's heap, and the size at which V8 ends the process. */
  readonly heap: number;
  readonly heapLimit: number;
};

function measureProcess(): MemoryUse {
  const { used_heap_size: heap, heap_size_limit: heapLimit } = getHeapStatistics();
  return { rss: process.memoryUsage.rss(), heap, heapLimit };
}

/** The memory limit of the container that the process runs in, in bytes; null without one. */
export function containerMemory(): number | null {
  const limit = process.constrainedMemory();
  // Without a limit, Node returns 0 or the largest number of the kernel.
  return limit > 0 && Number.isSafeInteger(limit) ? limit : null;
}

/** Refuses new connections while the process uses most of its memory, so that it is not ended with all that are open. */
export class MemoryBudget {
  readonly limit: number | null;
  /** What was measured last. */
  used: MemoryUse;
  /** The limit that was nearly reached; undefined while connections are accepted. */
  refusal: Limit | undefined;
  private readonly measure: () => MemoryUse;
  private readonly clock: Clock;
  private readonly say: (message: string) => void;
  private timer: Timer | undefined;

  /**
   * @param limit in bytes; null: none
   * @param say called when connections begin to be refused, and when they are accepted again
   */
  constructor(
    limit: number | null,
    {
      clock,
      say,
      measure = measureProcess,
    }: { readonly clock: Clock; readonly say: (message: string) => void; readonly measure?: () => MemoryUse },
  ) {
    this.limit = limit;
    this.clock = clock;
    this.say = say;
    this.measure = measure;
    this.used = measure();
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

  private check(): void {
    this.used = this.measure();
    const before = this.refusal;
    this.refusal = this.exceeded(before === undefined ? REFUSES_FROM : ACCEPTS_BELOW);
    if (before === undefined && this.refusal !== undefined) {
      this.say(`${this.described(this.refusal)}: new connections are refused`);
    } else if (before !== undefined && this.refusal === undefined) {
      this.say(`${this.described(before)}: new connections are accepted again`);
    }
  }

  private exceeded(share: number): Limit | undefined {
    const { limit, used } = this;
    if (limit !== null && used.rss >= limit * share) return { name: 'limit', limit: 'memoryLimit', value: limit };
    if (used.heap >= used.heapLimit * share) return { name: 'limit', limit: 'heap', value: used.heapLimit };
    return undefined;
  }

  private described({ limit }: Limit): string {
    const { rss, heap, heapLimit } = this.used;
    return limit === 'heap'
      ? `the process uses ${inMebibytes(heap)} of its JavaScript heap of ${inMebibytes(heapLimit)}`
      : `the process uses ${inMebibytes(rss)} of its memory limit of ${inMebibytes(this.limit ?? 0)}`;
  }
}
