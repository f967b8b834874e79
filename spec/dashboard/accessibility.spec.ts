import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { AxeResults, RunOptions } from 'axe-core';
import type { ViewName } from '../../lib/dashboard/route.js';
import { TITLES } from '../../lib/dashboard/titles.js';
import { until } from '../support/rabbitmq/until.js';
import type { DashboardPage } from './dashboard-page.js';
import { openDashboard } from './open-dashboard.js';
import { openPopulated } from './populated.js';

/** Git ignores it. */
const SCREENSHOTS = 'dist/screenshots';
mkdirSync(SCREENSHOTS, { recursive: true });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [DESKTOP, PHONE] = [
  { width: 1200, height: 800 },
  { width: 390, height: 844 },
];
/** The smallest readable text, in CSS pixels. */
const SMALLEST_TEXT = 11;

/** What axe finds: rule, what is wrong, and where. */
async function violations({ page }: DashboardPage): Promise<readonly string[]> {
  const { violations: found } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/** What does not fit on the page, or is too small to read. */
async function unreadable({ page }: DashboardPage): Promise<readonly string[]> {
  return page.evaluate((smallest) => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const name = (element: Element) => `${element.tagName} ${element.className} "${element.textContent?.slice(0, 40)}"`;
    const scrolls = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== 'visible' || scrolls(element.parentElement));
    const all = [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility());
    const wide = all.filter(
      (each) => each.getBoundingClientRect().right > clientWidth + 1 && !scrolls(each.parentElement),
    );
    const hasText = (element: Element) =>
      [...element.childNodes].some(({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent?.trim());
    const small = all.filter((each) => hasText(each) && Number.parseFloat(getComputedStyle(each).fontSize) < smallest);
    return [
      ...(scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide`] : []),
      ...wide.map((element) => `too wide: ${name(element)}`),
      ...small.map((element) => `too small: ${name(element)}`),
    ];
  }, SMALLEST_TEXT);
}

/** Checks what the page shows now in both themes and on a phone, and takes a screenshot of each. */
async function check(t: ExecutionContext, page: DashboardPage, name: string): Promise<void> {
  const { page: tab } = page;
  await tab.evaluate(AXE);
  const shoot = (as: string) => tab.screenshot({ path: join(SCREENSHOTS, `${name}-${as}.png`), fullPage: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    t.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
    await shoot(colorScheme);
  }
  await tab.emulateMedia({ colorScheme: 'light' });
  await tab.setViewportSize(PHONE);
  // Charts take their new size in one of the next frames.
  await until(async () => (await unreadable(page)).length === 0, 5_000);
  t.deepEqual(await unreadable(page), [], `${name} on a phone`);
  await shoot('phone');
  await tab.setViewportSize(DESKTOP);
}

/** What is checked, and how a person gets there from the view. */
const STATES: readonly (readonly [name: string, view: ViewName, get: (page: DashboardPage) => Promise<void>])[] = [
  ['now', 'now', (page) => page.untilText('in all')],
  ['connections', 'connections', (page) => page.row('bad_header').first().waitFor()],
  [
    'report',
    'connections',
    async (page) => {
      await page.row('connection_closed_abruptly').first().getByRole('link').first().click();
      await page.view.getByRole('article').waitFor();
    },
  ],
  ['open', 'open', (page) => page.rows().first().waitFor()],
  ['health-checks', 'health-checks', (page) => page.rows().first().waitFor()],
  ['faults', 'faults', (page) => page.fault('orders/flaky').waitFor()],
  [
    'fault-form',
    'faults',
    async (page) => {
      await page.chooseFaultType('amqp_close');
    },
  ],
  ['proxies', 'proxies', (page) => page.view.getByRole('region', { name: 'orders' }).waitFor()],
  [
    'dialog',
    'proxies',
    async (page) => {
      await page.view.getByRole('switch', { name: 'Proxy orders' }).click();
      await page.dialog.waitFor();
    },
  ],
];

test.serial('every view is accessible in both themes, and readable on a phone', async (t) => {
  const { page } = await openPopulated(t, DESKTOP);
  t.timeout(300_000, 'a busy machine takes seconds for each');
  for (const [name, view, get] of STATES) {
    await page.goTo(view);
    await get(page);
    await page.banner.waitFor();
    await check(t, page, name);
  }
});

test.serial('an empty dashboard is accessible, on every view', async (t) => {
  const { page } = await openDashboard(t);
  await page.untilLive();
  for (const view of Object.keys(TITLES) as ViewName[]) {
    await page.goTo(view);
    await page.page.evaluate(AXE);
    t.deepEqual(await violations(page), [], view);
  }
});

test.serial('the question for the token is accessible in both themes, and readable on a phone', async (t) => {
  const { page } = await openDashboard(t, { token: 'secret', expectedErrors: [/status of 401/] });
  await page.page.getByLabel(/^Token/).waitFor();
  await check(t, page, 'token');
});
