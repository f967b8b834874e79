import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** Above it, other programs take part of the machine. */
const IDLE = 0.5;

/** One line about the machine. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpu?.model.trim() || 'unknown CPU'}, ${availableParallelism()} cores, ${memory} GiB, Linux ${release()}`;
}

/** The version of a Node.js. @throws Error if it is not one */
export function nodeVersion(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
}

/** The load average of the last minute. */
export const load = (): number => loadavg()[0] ?? 0;

export const isIdle = (): boolean => load() < IDLE;

/** Files and sockets that a process started by this one may open. */
export function openFileLimit(): number {
  // Node.js has raised its soft limit to the hard limit, and its children inherit that.
  const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return soft === undefined || soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
