import { availableParallelism } from 'node:os';
import type { Bench } from './bench.js';
import type { Loaded, Work } from './load.js';
import { usageOf } from './process-usage.js';
import type { StartedProxy } from './started-proxy.js';

/** One measurement of one proxy. */
export interface Sample {
  /** One for each work. */
  readonly loads: readonly Loaded[];
  readonly seconds: number;
  /** CPU time of the proxy in seconds. */
  readonly cpu: number;
  /** Share of a core that the busiest process of the load generator used. */
  readonly busiest: number;
  /** Share of a core that all its processes used together. */
  readonly generator: number;
}

/** From this share of a core on, a process is busy all the time. */
const BUSY = 0.95;

/** Whether the load generator was the limit, in at least half of the rounds. */
export const isBounded = (samples: readonly Sample[]): boolean =>
  samples.filter(isBoundedIn).length * 2 >= samples.length;

/** One of its processes was busy, or all that the proxy leaves of the machine was. */
function isBoundedIn({ busiest, generator, cpu, seconds }: Sample): boolean {
  const isProxyBusy = cpu / seconds >= BUSY;
  const left = Math.max(1, availableParallelism() - 1);
  return busiest >= BUSY || (!isProxyBusy && generator >= BUSY * left);
}

/** Puts a load on a proxy. @param duration in seconds @throws Error if the proxy ends, or nothing works */
export async function measure(
  bench: Bench,
  started: StartedProxy,
  works: readonly Work[],
  duration: number,
): Promise<Sample> {
  const [before, echoBefore, began] = [started.usage, usageOf(bench.echo.pid), performance.now()];
  const loads = await Promise.all(works.map((work) => bench.load.run(started.port, work, duration)));
  const [after, echoAfter, seconds] = [started.usage, usageOf(bench.echo.pid), (performance.now() - began) / 1000];
  if (started.process.end !== null) throw new Error(`${started.name} ended (${started.process.end})`);
  if (loads.some(({ operations, octets }, at) => (works[at]?.mode === 'bulk' ? octets : operations) === 0)) {
    throw new Error(`${started.name} did nothing in ${seconds.toFixed(1)} s`);
  }
  const shares = [(echoAfter.cpu - echoBefore.cpu) / seconds, ...loads.map((load) => load.cpu / load.seconds)];
  return {
    loads,
    seconds,
    cpu: after.cpu - before.cpu,
    busiest: Math.max(...shares),
    generator: shares.reduce((sum, share) => sum + share, 0),
  };
}
