import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A memory cgroup without swap, as a container with a memory limit has. */
export interface Cgroup extends Disposable {
  /** A process that writes its ID to this file joins the cgroup. */
  readonly processes: string;
  /** The highest memory use so far in bytes, with page cache and socket buffers; null where the kernel does not say. */
  readonly peak: number | null;
  /** How many processes the kernel has killed because of the limit. */
  readonly kills: number;
}

/** Where the two versions have their files. */
interface Files {
  readonly limit: string;
  readonly limitWithSwap: string;
  /** In v1 the limit with swap is the sum of both, in v2 it is that of swap alone. */
  readonly swapValue: (limit: number) => number;
  readonly peak: string;
  readonly events: string;
}

const V1: Files = {
  limit: 'memory.limit_in_bytes',
  limitWithSwap: 'memory.memsw.limit_in_bytes',
  swapValue: (limit) => limit,
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
};
const V2: Files = {
  limit: 'memory.max',
  limitWithSwap: 'memory.swap.max',
  swapValue: () => 0,
  peak: 'memory.peak',
  events: 'memory.events',
};

/**
 * Creates a cgroup with a memory limit, of version 1 or 2.
 *
 * @param limit in bytes
 * @param mount where cgroups are mounted. @defaultValue `/sys/fs/cgroup`
 * @throws Error that says why it is not possible here
 */
export function createCgroup(limit: number, mount = '/sys/fs/cgroup'): Cgroup {
  const { parent, files } = find(mount);
  const directory = join(parent, `rabbit-snare-bench-${process.pid}`);
  mkdirSync(directory);
  const file = (name: string) => join(directory, name);
  writeFileSync(file(files.limit), String(limit));
  // Absent in a kernel without swap accounting, where the cgroup cannot limit it.
  if (existsSync(file(files.limitWithSwap))) writeFileSync(file(files.limitWithSwap), String(files.swapValue(limit)));
  return {
    processes: file('cgroup.procs'),
    get peak() {
      return existsSync(file(files.peak)) ? Number(readFileSync(file(files.peak), 'utf8')) : null;
    },
    get kills() {
      const [, count = 0] = /^oom_kill (\d+)$/m.exec(readFileSync(file(files.events), 'utf8')) ?? [];
      return Number(count);
    },
    [Symbol.dispose]: () => rmdirSync(directory),
  };
}

function find(mount: string): { readonly parent: string; readonly files: Files } {
  const v1 = join(mount, 'memory');
  if (existsSync(join(v1, V1.limit))) return { parent: v1, files: V1 };
  const controllers = join(mount, 'cgroup.controllers');
  if (!existsSync(controllers) || !/\bmemory\b/.test(readFileSync(controllers, 'utf8'))) {
    throw new Error(`${mount} has no memory controller`);
  }
  writeFileSync(join(mount, 'cgroup.subtree_control'), '+memory');
  return { parent: mount, files: V2 };
}
