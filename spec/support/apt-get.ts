import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

const program = '/usr/bin/apt-get';

/** In seconds: for whoever else uses apt on this machine, be it another spec. */
const patience = '120';

/** Whether we may install packages: root, where there is apt. */
export function canAptGet(): boolean {
  return process.getuid?.() === 0 && existsSync(program);
}

/**
 * Runs apt-get, one at a time for all specs; what it says goes to standard error.
 *
 * @throws Error when it fails, or when others keep it busy for two minutes
 */
export async function aptGet(...args: string[]): Promise<void> {
  // The lock is the program's own file, and ends with the process that holds it.
  const locked = ['--close', '--timeout', patience, program, program, '-o', `DPkg::Lock::Timeout=${patience}`, ...args];
  const child = spawn('flock', locked, {
    // Standard output belongs to the test report.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8', RUNLEVEL: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} failed with ${code ?? signal}`);
}
