import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Asked by Debian's packages before they start a service; 101 forbids it. */
const policy = '/usr/sbin/policy-rc.d';

/** Whether we may install packages: root, where there is apt. */
export function canInstallPackage(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs a package of the distribution, without letting it start its service.
 *
 * @throws Error when apt-get fails
 */
export async function installPackage(name: string, say: (line: string) => void): Promise<void> {
  say(`installing the package ${name} with apt-get`);
  const ours = !existsSync(policy);
  const removePolicy = () => {
    if (ours) rmSync(policy, { force: true });
  };
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('exit', removePolicy);
  try {
    await aptGet('update', '-qq');
    await aptGet('install', '-qq', '--yes', '--no-install-recommends', name);
  } finally {
    removePolicy();
    process.off('exit', removePolicy);
  }
}

async function aptGet(...args: string[]): Promise<void> {
  const child = spawn('apt-get', args, {
    // Standard output belongs to the test report.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8', RUNLEVEL: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} failed with ${code ?? signal}`);
}
