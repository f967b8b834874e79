// Loaded into a program that is fuzzed, before its own code: answers over the IPC channel what the program uses.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { usageOf } from './usage-of.js';

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
process.on('message', () => {
  process.send?.(usageOf(delays, globalThis.gc));
  // A garbage collection that was asked for is no stall of the program.
  delays.reset();
});
// The program must be able to end by itself.
process.channel?.unref();
