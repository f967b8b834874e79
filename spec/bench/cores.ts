import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from './find-program.js';
import type { Command } from './running.js';

/** A core for the load generator, and one for the proxies. */
export interface Cores {
  readonly generator: number;
  readonly proxies: number;
}

/** The first two cores that this process may use. A text says why it cannot pin processes to them. */
export function twoCores(): Cores | string {
  if (findProgram('taskset') === undefined) return 'taskset was not found';
  const [generator, proxies] = allowedCores();
  if (generator === undefined || proxies === undefined) return 'there is only one core';
  return { generator, proxies };
}

/** Pins all threads of this process. */
export function pinMyself(core: number): void {
  execFileSync('taskset', ['-acp', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** The command that runs another one on one core. */
export const pinnedTo = (core: number, command: Command): Command => ['taskset', '-c', String(core), ...command];

function allowedCores(): number[] {
  const [, list = ''] = /^Cpus_allowed_list:\s+(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}
