import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.js';
import { type Cgroup, createCgroup } from './cgroup.js';
import { openFileLimit } from './machine.js';
import { peakOf } from './process-usage.js';
import type { ProxyProgram } from './proxy-program.js';
import type { Command } from './running.js';
import type { Section, Series } from './series.js';
import type { StartedProxy } from './started-proxy.js';

const MIB = 1024 ** 2;
/** The memory that a sidecar is usually given. */
const LIMIT = 128 * MIB;
/** Connections that are open during the storm, as far as the proxy accepts them. */
const OPEN = 2_000;
/** For two sockets of each connection, and others. */
const DESCRIPTORS = 2 * OPEN + 300;
/** Clients of the storm. */
const CLIENTS = 64;
/** In seconds: a storm that takes longer is over. */
const LONGEST = 300;
/** In ms. */
const LOOK = 50;

/** Measures what becomes of a proxy in a container of 128 MiB: a storm of refusals, open connections and bulk at once. */
export async function measureContainer(bench: Bench): Promise<readonly Section[]> {
  const series: Series[] = [];
  if (openFileLimit() < DESCRIPTORS) {
    bench.notes.add(
      `Left out: the container of 128 MiB. ${OPEN} connections need ${DESCRIPTORS} file descriptors per process, and the limit is ${openFileLimit()} (ulimit -n).`,
    );
    return [];
  }
  for (const proxy of bench.proxies.filter(({ refuses }) => refuses)) {
    bench.progress(`${proxy.name} in a container`);
    using cgroup = create(bench);
    if (cgroup === null) break;
    const figures = await storm(bench, proxy, cgroup);
    series.push(...figures.map(([title, value]) => ({ title, proxy: proxy.name, values: [value] })));
  }
  return [{ title: 'In a container of 128 MiB', series, hasRatios: false }];
}

function create(bench: Bench): Cgroup | null {
  try {
    return createCgroup(LIMIT);
  } catch (error) {
    bench.notes.add(
      `Left out: the container of 128 MiB. It needs root and a memory cgroup: ${(error as Error).message}.`,
    );
    return null;
  }
}

type Named = readonly (readonly [title: string, value: number])[];

async function storm(bench: Bench, proxy: ProxyProgram, cgroup: Cgroup): Promise<Named> {
  const { refusals } = bench.args;
  await using started = await bench.open(proxy, null, (command) => inside(cgroup, command));
  using held = await bench.load.hold(started.port, OPEN);
  const bulk = bench.load.begin(started.port, { mode: 'bulk', connections: 2, size: 65_536 });
  let isOver = false;
  const refuse = { mode: 'refuse', connections: CLIENTS, size: refusals } as const;
  const refused = bench.load.run(started.port, refuse, LONGEST).finally(() => {
    isOver = true;
  });
  let resident = 0;
  const look = async () => {
    while (!isOver) {
      // Nothing can be read after it was killed.
      resident = Math.max(resident, peakOf(started.process.pid));
      await sleep(LOOK);
    }
  };
  const [{ operations, seconds }] = await Promise.all([refused, look()]);
  const relayed = await bulk.stop();
  const limited = await refusedAsLimit(started);
  const { peak } = cgroup;
  return [
    ['peak resident memory, MiB', resident / MIB],
    ...(peak === null ? [] : [['peak of the cgroup, MiB', peak / MIB] as const]),
    [`connections open before the storm, of ${OPEN}`, held.open],
    [`bad headers that were answered or reset, of ${refusals}`, operations],
    ['bad headers/s', operations / seconds],
    ['bulk, MB/s echoed', relayed.octets / 1e6 / relayed.seconds],
    ...(limited === null ? [] : [['refused as `limit`', limited] as const]),
    ['killed or ended (1: yes)', started.process.end === null ? 0 : 1],
    ['kills by the kernel', cgroup.kills],
  ];
}

/** A shell joins the cgroup and becomes the program. */
function inside(cgroup: Cgroup, command: Command): Command {
  return ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', cgroup.processes, ...command];
}

async function refusedAsLimit({ proxy, place, process }: StartedProxy): Promise<number | null> {
  return process.end === null ? ((await proxy.refusedAsLimit?.(place)) ?? null) : null;
}
