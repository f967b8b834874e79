import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

const program = '/usr/bin/apt-get';

/** In seconds: another process, perhaps another spec, may be installing packages. */
const patience = '120';

/**
 * The arguments are the packages. Debian's packages ask policy-rc.d before they start a service; 101 forbids it. The preset keeps
 * new services from being enabled, so they do not start with the machine either.
 */
const script = `
policy=/usr/sbin/policy-rc.d
presets=/etc/systemd/system-preset
preset=$presets/00-rabbit-snare-specs.preset
trap 'exit 1' HUP INT TERM
trap 'rm -f $preset' EXIT
mkdir -p $presets && echo 'disable *' >$preset
if [ ! -e $policy ]; then
  trap 'rm -f $policy $preset' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  chmod 755 $policy
fi
wait='DPkg::Lock::Timeout=${patience}'
apt-get -o $wait update -qq && apt-get -o $wait install -qq --yes --no-install-recommends "$@"
`;

/** Whether packages can be installed: as root, with apt. */
export function canInstallPackage(): boolean {
  return process.getuid?.() === 0 && existsSync(program);
}

/**
 * Installs packages of the distribution without starting or enabling their services. One installation runs at a time.
 *
 * @throws Error when apt-get fails, or is busy for two minutes
 */
export async function installPackages(names: readonly string[], say: (line: string) => void): Promise<void> {
  const packages = names.join(' ');
  say(`installing ${packages} with apt-get`);
  // The lock is on the program itself, and is released when the process that holds it ends.
  const child = spawn('flock', ['--timeout', patience, '--close', program, 'sh', '-c', script, 'sh', ...names], {
    // Standard output belongs to the test report.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8', RUNLEVEL: '1' },
  });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(`apt-get could not install ${packages} (${code === null ? signal : `exit code ${code}`})`);
}
