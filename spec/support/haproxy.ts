import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { acceptsConnections } from '../../lib/running/broker-here.js';
import { findPrograms } from './debian-package.js';
import { DEBIAN_PROGRAMS } from './debian-programs.js';
import { freePort } from './free-port.js';
import { temporaryDirectory } from './program.js';
import { until } from './rabbitmq/until.js';
import type { Listening } from './server.js';

/**
 * Finds the machine's HAProxy, or installs one (as root on Debian or Ubuntu).
 *
 * @param say receives one line before anything is installed
 * @returns undefined when HAProxy cannot be found or installed
 * @throws Error instead of returning undefined in CI, where a skipped spec would go unnoticed
 */
export async function findHaproxy(say: (line: string) => void): Promise<string | undefined> {
  try {
    const [file] = await findPrograms([DEBIAN_PROGRAMS.haproxy], say);
    return file;
  } catch (error) {
    if (process.env['CI']) throw error;
    return undefined;
  }
}

/**
 * Starts HAProxy in front of a server; killed when the test ends.
 *
 * @param options for its `server` line: `send-proxy-v2 check check-send-proxy inter 100`
 * @param lines for its section: `option tcp-check`
 * @returns its address; `output` has a line for each change of the state of the server
 * @throws Error with its output when it does not listen within 10 s
 */
export async function startHaproxy(
  t: ExecutionContext,
  haproxy: string,
  server: Listening,
  options: string,
  lines: readonly string[] = [],
): Promise<Listening & { readonly output: () => string }> {
  const port = await freePort();
  const run = runHaproxy(
    t,
    haproxy,
    `listen amqp
  bind 127.0.0.1:${port}
${lines.map((line) => `  ${line}\n`).join('')}  server snare ${server.host}:${server.port} ${options}
`,
  );
  const address = { host: '127.0.0.1', port };
  if (await until(() => run.hasEnded || acceptsConnections(address), 10_000)) {
    if (!run.hasEnded) return { ...address, output: () => run.said };
  }
  throw new Error(`HAProxy does not listen: ${run.said}`);
}

/**
 * Runs HAProxy; killed when the test ends.
 *
 * @param sections of its configuration, without `global` and `defaults`
 */
export function runHaproxy(
  t: ExecutionContext,
  haproxy: string,
  sections: string,
): { readonly hasEnded: boolean; readonly said: string } {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'haproxy.cfg');
  writeFileSync(
    file,
    `defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
# It does not start without a listener.
frontend unused
  bind unix@${directory}/unused.sock
${sections}`,
  );
  const child = spawn(haproxy, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    get hasEnded() {
      return child.exitCode !== null;
    },
    get said() {
      return said;
    },
  };
}
