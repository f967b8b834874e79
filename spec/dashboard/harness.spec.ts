import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { processesWith } from '../support/rabbitmq/processes.js';
import { until } from '../support/rabbitmq/until.js';
import { within } from '../support/within.js';
import { startChromium } from './chromium.js';
import { openPage } from './open-dashboard.js';

/** Serves a page with this script, and returns its URL. */
async function serve(t: ExecutionContext, script: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    const policy = "default-src 'none'; script-src 'self'; connect-src *; img-src data:";
    if (url === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.setHeader('Content-Security-Policy', policy);
      response.end('<!doctype html><title>page</title><link rel="icon" href="data:,"><script src="page.js"></script>');
    } else response.setHeader('Content-Type', 'text/javascript').end(script);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens the page as a test would, waits until its script has set the title, and returns why that test fails. */
async function problemsOf(t: ExecutionContext, script: string): Promise<string> {
  const ends: (() => unknown)[] = [];
  const opener = { teardown: (end: () => unknown) => void ends.push(end), timeout: t.timeout };
  const { page } = await openPage(opener, await serve(t, script));
  t.truthy(await until(async () => (await page.title()) === 'done', 20_000), 'the script has run');
  try {
    for (const end of ends) await end();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const DONE = "document.title = 'done';";

test('a page without problems passes', async (t) => {
  t.is(await problemsOf(t, `console.log('a line'); console.warn('a warning'); ${DONE}`), 'none');
});

const PROBLEMS: readonly (readonly [what: string, script: string, problem: RegExp])[] = [
  ['an error that the page throws', `${DONE} throw new Error('thrown');`, /the page threw: Error: thrown/],
  ['a promise that nothing handles', `Promise.reject(new Error('unhandled')).finally(() => { ${DONE} });`, /unhandled/],
  ['an error in the console', `console.error('written'); ${DONE}`, /an error in the console: written/],
  [
    'an inline script, which violates the policy',
    `const inline = document.createElement('script'); inline.text = '0'; document.head.append(inline); ${DONE}`,
    /Content Security Policy/,
  ],
  [
    'a style attribute, which violates the policy',
    `document.documentElement.setAttribute('style', 'color: red'); ${DONE}`,
    /Content Security Policy/,
  ],
  [
    'a request to another host',
    `fetch('http://127.0.0.1:1/', { mode: 'no-cors' }).catch(() => {}).finally(() => { ${DONE} });`,
    /a request to another host: http:\/\/127\.0\.0\.1:1\//,
  ],
];

for (const [what, script, problem] of PROBLEMS) {
  test(`${what} fails the test`, async (t) => {
    t.regex(await problemsOf(t, script), problem);
  });
}

test('a stopped browser leaves no process and no files', async (t) => {
  const { browser, directory, stop } = await startChromium();
  t.true(browser.isConnected());
  t.not(processesWith(directory, undefined).length, 0);
  await stop();
  t.deepEqual(processesWith(directory, undefined), []);
  t.false(existsSync(directory));
});

test('a browser ends, and its files are removed, when the process that started it is killed', async (t) => {
  const script = `
    const { startChromium } = await import(${JSON.stringify(new URL('./chromium.js', import.meta.url).href)});
    console.log((await startChromium()).directory);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [line] = await within(once(child.stdout.setEncoding('utf8'), 'data'), 'the start of Chromium', 50_000);
  const directory = String(line).trim();
  t.true(existsSync(directory));
  child.kill('SIGKILL');
  t.truthy(await until(() => !existsSync(directory), 20_000));
  t.truthy(await until(() => processesWith(directory, undefined).length === 0, 20_000));
});
