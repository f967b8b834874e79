import { readdirSync, readFileSync } from 'node:fs';

/**
 * Command lines of the processes with these words in their environment that run; zombies have none.
 *
 * The process group would not do: Erlang's helpers leave it, and an orphan stays a zombie, and the group alive, where
 * process 1 collects nobody, as in a plain container. Elsewhere than on Linux, which has no /proc, it must do.
 *
 * @param leader of the process group
 */
export function processesWith(words: string, leader: number | undefined): string[] {
  if (process.platform !== 'linux') return leader && signalGroup(leader, 0) ? [`process group ${leader}`] : [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && read(entry, 'environ').includes(words))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

/** @returns false when there is no such group (any more) */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It ended while we looked, or it is somebody else's.
  }
}
