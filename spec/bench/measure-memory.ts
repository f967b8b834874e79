import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { openFileLimit } from './machine.js';
import type { ProxyProgram } from './proxy-program.js';
import type { Section, Series } from './series.js';
import type { StartedProxy } from './started-proxy.js';

const MIB = 1024 ** 2;

/** Descriptors of a proxy for other things than connections. */
const OTHERS = 100;

/** Measures the resident memory of a proxy that has just started, and of the connections that it keeps open. */
export async function measureIdle(bench: Bench): Promise<readonly Section[]> {
  const { idle } = bench.args;
  const series: Series[] = [];
  const needed = 2 * idle + OTHERS;
  const hasDescriptors = openFileLimit() >= needed;
  if (!hasDescriptors) {
    bench.notes.add(
      `Left out: the memory of an idle connection. ${idle} connections need ${needed} file descriptors per process, and the limit is ${openFileLimit()} (ulimit -n).`,
    );
  }
  for (const proxy of bench.proxies) {
    bench.progress(`memory of ${proxy.name}`);
    const { before, each } = await idleMemory(bench, proxy, hasDescriptors ? idle : 0);
    series.push({ title: 'resident memory, idle, MiB', proxy: proxy.name, values: [before / MIB] });
    if (each !== null) {
      series.push({ title: `an idle connection (of ${idle}), KiB`, proxy: proxy.name, values: [each / 1024] });
    }
  }
  return [{ title: 'Memory', series, hasRatios: false }];
}

async function idleMemory(bench: Bench, proxy: ProxyProgram, connections: number) {
  await using started = await bench.open(proxy);
  await sleep(bench.settling);
  const before = started.usage.rss;
  if (connections === 0) return { before, each: null };
  using held = await bench.load.hold(started.port, connections);
  if (held.open < connections) {
    bench.notes.add(`${proxy.name} has only opened ${held.open} of ${connections} idle connections.`);
    if (held.open === 0) return { before, each: null };
  }
  await sleep(bench.settling);
  return { before, each: (started.usage.rss - before) / held.open };
}

/** Measures the resident memory of proxies that have carried all loads. */
export async function measureAfter(bench: Bench, started: readonly StartedProxy[]): Promise<readonly Section[]> {
  bench.progress('memory after the loads');
  await sleep(bench.settling);
  const series = started.map((subject) => ({
    title: 'resident memory after all loads without faults, MiB',
    proxy: subject.name,
    values: [subject.usage.rss / MIB],
  }));
  return [{ title: 'Memory', series, hasRatios: false }];
}
