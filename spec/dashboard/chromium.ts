import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findPrograms } from '../support/debian-package.js';
import { DEBIAN_PROGRAMS } from '../support/debian-programs.js';
import { run, searchPath, shell } from '../support/rabbitmq/command.js';
import { keep } from '../support/rabbitmq/keeper.js';
import { foreground, hasEnded } from '../support/rabbitmq/node.js';
import { processesWith } from '../support/rabbitmq/processes.js';
import { until } from '../support/rabbitmq/until.js';

/** A running Chromium. Everything that it writes is in its directory. */
export type Chromium = { readonly browser: Browser; readonly directory: string; stop(): Promise<void> };

/** Nothing of its own on the network, no dialogs, no services of the desktop, and timers that always run at full rate. */
const SWITCHES = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-sync',
  '--disable-breakpad',
  '--disable-crash-reporter',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
  '--metrics-recording-only',
  '--mute-audio',
  '--password-store=basic',
];

/** In ms: a busy machine takes many times longer than an idle one. */
const PATIENCE = 50_000;

const ENDING = `
kill -s KILL -- "-$1"
rm -rf -- "$2" || { sleep 1; rm -rf -- "$2"; }`;

/**
 * Starts a Chromium without a window. It ends, and its directory is removed, with `stop` or with this process or worker thread,
 * also if that is killed.
 *
 * @throws Error that says what to install if there is no browser, or with the output of a browser that does not start
 */
export async function startChromium(): Promise<Chromium> {
  const [file = ''] = await findPrograms([DEBIAN_PROGRAMS.chromium], (line) => console.error(`# ${line}`));
  const directory = mkdtempSync(join(tmpdir(), 'rabbit-snare-chromium-'));
  const profile = join(directory, 'profile');
  const env = { PATH: searchPath(), HOME: directory, TMPDIR: directory, LANG: 'C.UTF-8', TZ: 'UTC' };
  // Chromium does not start its sandbox as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = foreground({ file, args: [...SWITCHES, ...sandbox, `--user-data-dir=${profile}`], env }, { directory });
  const ending = shell(ENDING, [`${child.pid}`, directory], { PATH: searchPath() });
  const release = keep(ending);
  let browser: Browser | undefined;
  const stop = async () => {
    await browser?.close();
    await run(ending);
    await until(() => processesWith(directory, child.pid).length === 0, PATIENCE);
    release();
  };
  try {
    const endpoint = await until(() => hasEnded(child) || endpointIn(profile), PATIENCE);
    if (typeof endpoint !== 'string') {
      throw new Error(`${file} did not start:\n${readFileSync(join(directory, 'console'), 'utf8')}`);
    }
    browser = await chromium.connectOverCDP(endpoint, { artifactsDir: directory, timeout: PATIENCE });
    return { browser, directory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of its debugger, which Chromium writes into its profile once it listens. */
function endpointIn(profile: string): string | undefined {
  try {
    const [port, path] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
    return path ? `ws://127.0.0.1:${port}${path}` : undefined;
  } catch {
    return undefined;
  }
}
