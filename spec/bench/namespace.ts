import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { findProgram } from './find-program.js';
import type { Command } from './running.js';

/** Set in the process that runs in the namespace. */
const VARIABLE = 'RABBIT_SNARE_BENCH_NAMESPACE';

/**
 * In the namespace, a closed connection keeps no port in TIME_WAIT. On the loopback of the machine, those of one proxy would
 * use up the ports that the next one dials from, which limits a fast proxy to about 14,000 connections a second.
 */
const SET_UP = [
  'ip link set lo up',
  'echo "24000 65000" > /proc/sys/net/ipv4/ip_local_port_range',
  'echo 0 > /proc/sys/net/ipv4/tcp_max_tw_buckets',
].join(' && ');

export const isInNamespace = (): boolean => process.env[VARIABLE] !== undefined;

/**
 * Runs this program again, in a network namespace.
 *
 * @returns its exit code; a text says why it cannot be done
 */
export async function runInNamespace(args: readonly string[]): Promise<number | string> {
  const unshare = findProgram('unshare');
  if (unshare === undefined) return 'unshare was not found';
  if (findProgram('ip') === undefined) return 'ip (iproute2) was not found';
  // Without root it works where the kernel permits user namespaces.
  const flags = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
  const inside = (command: Command): string[] => [...flags, '/bin/sh', '-c', `${SET_UP} && exec "$0" "$@"`, ...command];
  const probe = spawnSync(unshare, inside(['/bin/true']), { encoding: 'utf8' });
  if (probe.status !== 0) return probe.stderr.trim().split('\n')[0] || 'unshare failed';
  const child = spawn(unshare, inside([process.execPath, ...process.execArgv, ...args]), {
    stdio: 'inherit',
    env: { ...process.env, [VARIABLE]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
}
