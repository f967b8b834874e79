import type { Bench } from './bench.js';
import { interleaved } from './interleaved.js';
import type { Section } from './series.js';

/** Measures how long a proxy takes until it listens, and how much CPU it has used by then. */
export async function measureStart(bench: Bench): Promise<readonly Section[]> {
  bench.progress('start');
  const measured = await interleaved(bench.args.rounds, bench.proxies, async (proxy) => {
    const began = performance.now();
    await using started = await bench.open(proxy);
    return { wall: performance.now() - began, cpu: started.usage.cpu * 1000 };
  });
  const series = [...measured].flatMap(([{ name }, samples]) => [
    { title: 'start until it listens, ms', proxy: name, values: samples.map(({ wall }) => wall) },
    { title: 'CPU time until then, ms', proxy: name, values: samples.map(({ cpu }) => cpu) },
  ]);
  return [{ title: 'Start', series, hasRatios: false }];
}
