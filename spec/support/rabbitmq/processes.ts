import { readdirSync, readFileSync } from 'node:fs';

/**
 * Command lines of the running processes with these words in their environment; zombies have none.
 *
 * The process group is not enough: Erlang's helpers leave it, and where process 1 does not reap orphans, as in a
 * plain container, a zombie keeps the group alive. Only Linux has /proc; elsewhere the group is used.
 *
 * @param leader of the process group
 */
export function processesWith(words: string, leader: number | undefined): string[] {
  if (process.platform !== 'linux') return leader && signalGroup(leader, 0) ? [`process group ${leader}`] : [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && read(entry, 'environ').includes(words))
    .map((pid) => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

/** @returns false when the group does not exist (any more) */
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
    return ''; // It has just ended, or belongs to another user.
  }
}
