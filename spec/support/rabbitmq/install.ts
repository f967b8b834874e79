import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

const program = '/usr/bin/apt-get';

/** In seconds: for whoever else installs something, be it another spec. */
const patience = '120';

/** Its arguments are the packages. Debian's packages ask the policy before they start a service; 101 forbids it. */
const script = `
policy=/usr/sbin/policy-rc.d
trap 'exit 1' HUP INT TERM
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod 755 $policy
fi
wait='DPkg::Lock::Timeout=${patience}'
apt-get -o $wait update -qq && apt-get -o $wait install -qq --yes --no-install-recommends "$@"
`;

/** Whether we may install packages: root, where there is apt. */
export function canInstallPackage(): boolean {
  return process.getuid?.() === 0 && existsSync(program);
}

/**
 * Installs packages of the distribution, without letting them start a service; one at a time for all specs.
 *
 * @throws Error when apt-get fails, or is kept busy for two minutes
 */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  const packages = names.join(' ');
  say(`installing ${packages} with apt-get`);
  // The lock is on the program itself, and ends with the process that holds it.
  const child = spawn('flock', ['--timeout', patience, '--close', program, 'sh', '-c', script, 'sh', ...names], {
    // Standard output belongs to the test report.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8', RUNLEVEL: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) throw new Error(`installing ${packages} with apt-get failed with ${code ?? signal}`);
}
