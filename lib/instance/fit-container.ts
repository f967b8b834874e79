import { setFlagsFromString } from 'node:v8';
import { containerMemory } from '../running/container-memory.js';
import { heapFlags } from '../running/heap-flags.js';
import { keepYoungGenerationSmall } from './young-generation.js';

/** The parts of the process that are used. */
export type Replaceable = {
  readonly argv0: string;
  readonly argv: readonly string[];
  readonly execArgv: readonly string[];
  readonly execPath: string;
  readonly env: NodeJS.ProcessEnv;
  /** In Node.js 22.15 and later. It does not return. */
  readonly execve?: (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => void;
};

/**
 * For glibc, in bytes: memory that was freed goes back to the kernel. By default it raises both limits to the largest block that
 * it ever freed, and what was read from sockets then stays with the process.
 */
const MALLOC = { MALLOC_MMAP_THRESHOLD_: String(64 * 1024), MALLOC_TRIM_THRESHOLD_: String(128 * 1024) };

/**
 * Fits the heap of a process that runs proxies to its container, which Node.js does not do. Most sizes can be set only when a
 * process starts, so the process replaces itself once, in about 40 ms: the pid, the arguments, the environment and the
 * standard streams stay. Node.js before 22.15 cannot do that: there, the heap only grows more slowly.
 *
 * @param container its memory limit in bytes; null without one
 * @defaultValue this process, and the limit that the operating system has for it
 */
export function fitContainer(
  self: Replaceable = process,
  container: number | null = containerMemory(),
  setFlag: (flag: string) => void = setFlagsFromString,
): void {
  const { argv0, argv, execArgv, execPath, env, execve } = self;
  if (!isLongRunning(argv.slice(2))) return;
  const flags = heapFlags(container, [...execArgv, env['NODE_OPTIONS'] ?? '']);
  if (flags.length === 0) return;
  if (execve === undefined) {
    keepYoungGenerationSmall(true, setFlag);
    setFlag('--heap-growing-percent=50');
    return;
  }
  try {
    execve.call(self, execPath, [argv0, ...flags, ...execArgv, ...argv.slice(1)], { ...MALLOC, ...env });
  } catch {
    // Node.js denies it with --permission. The proxy then runs with the sizes that it has.
  }
}

/** Whether a command runs proxies: `run`, which is the default, and `toxiproxy`. Any other one ends soon. */
function isLongRunning(args: readonly string[]): boolean {
  const [first = 'run'] = args;
  const isInformation = args.some((arg) => /^-{0,2}(help|h|version)$/.test(arg));
  return (first === 'run' || first === 'toxiproxy' || first.startsWith('-')) && !isInformation;
}
