import type { ExecutionContext } from 'ava';
import type { BrowserContext, ConsoleMessage } from 'playwright-core';
import { type Control, startControl } from '../support/control.js';
import { listening } from '../support/instance.js';
import { DashboardPage } from './dashboard-page.js';
import { sharedChromium } from './shared-chromium.js';

export type DashboardOptions = {
  /** Text of a config file, as for `startControl`. @defaultValue one proxy in front of the stand-in */
  readonly config?: string;
  /** The token of the control API. The page asks for it. @defaultValue none */
  readonly token?: string;
  /** @defaultValue light */
  readonly theme?: 'light' | 'dark';
  /** Of the window, in CSS pixels. @defaultValue 1200 */
  readonly width?: number;
  /** @defaultValue 800 */
  readonly height?: number;
  /** What the page shows first: `#/faults`. @defaultValue the view Now */
  readonly fragment?: string;
  /** Errors in the console that the test provokes. All others fail the test. */
  readonly expectedErrors?: readonly RegExp[];
};

/** A running instance, and its dashboard in a browser. */
export type OpenDashboard = {
  readonly page: DashboardPage;
  readonly control: Control;
  /** Address of the first proxy. */
  readonly proxy: { readonly host: string; readonly port: number };
};

/** For a single wait and for a test, in ms: a busy machine takes many times longer than an idle one. */
const [PATIENCE, LONGEST_TEST] = [40_000, 180_000] as const;

const STAND_IN = 'handshakeTimeout: 10m\nproxies:\n  - {name: amqp, listen: "127.0.0.1:0", upstream: stand-in}\n';

/**
 * Starts an instance with a control API on free ports, and opens its dashboard in a fresh browser context. Both are closed when
 * the test ends.
 *
 * The test fails if the page throws, writes an error to the console (as Chromium does for a violation of the Content Security
 * Policy), or sends a request to another host.
 */
export async function openDashboard(t: ExecutionContext, options: DashboardOptions = {}): Promise<OpenDashboard> {
  const { config = STAND_IN, token } = options;
  const given = /^control:/m.test(config) ? config : `${config}\n${controlOf(token)}`;
  const control = await startControl(t, given, token === undefined ? {} : { token });
  const proxy = listening(control.instance.proxies.all[0]?.listen);
  return { page: await openPage(t, control.url, options), control, proxy };
}

const controlOf = (token: string | undefined): string =>
  `control: {listen: "127.0.0.1:0"${token === undefined ? '' : `, token: ${token}`}}`;

/**
 * Opens the dashboard of a control API in a fresh browser context.
 *
 * @param url of the control API: `http://127.0.0.1:8474`
 */
export async function openPage(
  t: Pick<ExecutionContext, 'teardown' | 'timeout'>,
  url: string,
  { theme = 'light', width = 1200, height = 800, fragment = '', expectedErrors = [] }: DashboardOptions = {},
): Promise<DashboardPage> {
  t.timeout(LONGEST_TEST);
  const { browser } = await sharedChromium();
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(PATIENCE);
  const problems = watch(context, url, expectedErrors);
  t.teardown(async () => {
    await context.close();
    if (problems.length > 0) throw new Error(`problems on the dashboard:\n${problems.join('\n')}`);
  });
  const page = await context.newPage();
  await page.goto(`${url}/${fragment}`);
  return new DashboardPage(page);
}

/** Collects what must not happen on any page of the context. */
function watch(context: BrowserContext, url: string, expectedErrors: readonly RegExp[]): readonly string[] {
  const problems: string[] = [];
  const own = new URL(url).origin;
  context.on('weberror', (error) => problems.push(`the page threw: ${error.error().stack}`));
  context.on('console', (message) => {
    const text = described(message);
    if (message.type() === 'error' && !expectedErrors.some((expected) => expected.test(text))) problems.push(text);
  });
  context.on('request', (request) => {
    const asked = new URL(request.url());
    const isOwn = asked.origin === own || ['data:', 'blob:'].includes(asked.protocol);
    if (!isOwn) problems.push(`a request to another host: ${request.url()}`);
  });
  return problems;
}

const described = (message: ConsoleMessage): string =>
  `an error in the console: ${message.text()} (${message.location().url})`;
