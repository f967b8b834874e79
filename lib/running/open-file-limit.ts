import { readFileSync } from 'node:fs';

const readLimits = (): string => readFileSync('/proc/self/limits', 'utf8');

/**
 * How many files and sockets this process may have open. Node raises the soft limit to the hard limit when it starts.
 *
 * @returns null without a limit, or where the operating system has no `/proc/self/limits`
 */
export function openFileLimit(read: () => string = readLimits): number | null {
  let limits: string;
  try {
    limits = read();
  } catch {
    return null;
  }
  const [, soft] = /^Max open files\s+(\d+)\s/m.exec(limits) ?? [];
  return soft === undefined ? null : Number(soft);
}
