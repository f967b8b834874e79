import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** In control groups of version 2 and of version 1. Beyond `memory.high`, the kernel slows the process down. */
const FILES = ['memory.max', 'memory.high', 'memory.limit_in_bytes'];
const ROOT = '/sys/fs/cgroup';

/**
 * The memory limit of the container that the process runs in, in bytes; null without one. Node.js knows the limit of the own
 * control group only. The groups above it may have a lower one: a slice of systemd, or a pod of Kubernetes.
 *
 * @param own what Node.js knows
 */
export function containerMemory(
  own: number = process.constrainedMemory(),
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): number | null {
  // Without a limit, Node.js returns 0 or the largest number of the kernel, and the files have `max` or such a number.
  const limits = [own, ...limitsOfGroups(read)].filter((limit) => limit > 0 && Number.isSafeInteger(limit));
  return limits.length === 0 ? null : Math.min(...limits);
}

/** The limits of the own control group and of those above it, as far as they can be read. */
function limitsOfGroups(read: (path: string) => string): number[] {
  const text = (path: string): string => {
    try {
      return read(path);
    } catch {
      return '';
    }
  };
  const groups = text('/proc/self/cgroup');
  const [, first] = /^\d+:(?:\S+,)?memory(?:,\S+)?:(\/.*)$/m.exec(groups) ?? [];
  const root = first === undefined ? ROOT : join(ROOT, 'memory');
  const limits: number[] = [];
  let group = first ?? /^0::(\/.*)$/m.exec(groups)?.[1];
  while (group !== undefined) {
    for (const file of FILES) limits.push(Number.parseInt(text(join(root, group, file)), 10));
    group = group === '/' ? undefined : dirname(group);
  }
  return limits;
}
