import { readdirSync } from 'node:fs';
import type { IntervalHistogram } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import type { Usage } from './target.js';

/** What this process uses. It must have been started with `--expose-gc`, or `gc` must be given. */
export function usageOf(delays: IntervalHistogram, gc: (() => void) | undefined): Usage {
  // The second collection frees what finalizers of the first one released.
  gc?.();
  gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external, descriptors: descriptors(), stall: delays.max / 1e6 };
}

function descriptors(): number {
  // The other threads of a process open files too.
  if (!isMainThread) return 0;
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
