import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import type { Instance } from '../../lib/instance/instance.js';
import { reportOf } from '../../lib/report/report-of.js';
import { REASONS } from '../support/reasons.js';
import { factsOf } from '../support/report.js';
import type { DashboardPage } from './dashboard-page.js';
import { openDashboard } from './open-dashboard.js';

/** Reports per second, and for how long, in s. */
const [RATE, SECONDS] = [2_000, 20] as const;
/** Between two bursts, in ms. */
const TICK = 20;
/** Maximum rows in the document: those that are visible, and some more. */
const MOST_ROWS = 100;
/** How much the heap of the page may grow while nothing but the number of reports does, in bytes. */
const MOST_GROWTH = 20_000_000;

/** Heap of the page without garbage, in bytes. */
async function heapOf({ page }: DashboardPage): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/**
 * Publishes reports at the rate, for `seconds`. Real connections would not reach it while a browser runs on the same two cores,
 * so the reports come from the proxy without connections. All that follows is real: history, overview, event stream, server.
 */
async function publish({ proxies }: Instance, seconds: number, from: number): Promise<void> {
  const [proxy] = proxies['living'];
  const reasons = Object.values(REASONS);
  const began = performance.now();
  let published = 0;
  while (published < RATE * seconds) {
    const due = Math.min(RATE * seconds, Math.ceil(((performance.now() - began) * RATE) / 1000));
    for (; published < due; published += 1) {
      const number = from + published;
      const reason = reasons[number % reasons.length] as (typeof reasons)[number];
      const client = `198.51.100.${number % 250}:${10_000 + (number % 50_000)}`;
      const facts = factsOf({ id: `flood-${number}`, at: Date.now(), durationMs: 3, client, reason });
      proxy?.emit('report', reportOf(facts), reason, { upstreamOctets: null });
    }
    await pause(TICK);
  }
}

test('2,000 reports a second for 20 s do not freeze the page, and its counts stay right', async (t) => {
  const { page, control } = await openDashboard(t, { fragment: '#/connections' });
  await page.untilLive();
  const { page: tab } = page;
  await tab.evaluate(() => {
    const longest = { ms: 0 };
    Object.assign(globalThis, { longest });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration);
    }).observe({ type: 'longtask' });
  });
  const half = SECONDS / 2;
  await publish(control.instance, half, 0);
  t.true((await page.rows().count()) <= MOST_ROWS);
  const heap = await heapOf(page);
  await page.goTo('now');
  await publish(control.instance, half, RATE * half);
  await page.untilText(`${(RATE * SECONDS).toLocaleString('en-US')} in all`);
  await page.goTo('connections');
  await page
    .row(`flood-${RATE * SECONDS - 1}`)
    .or(page.rows().first())
    .first()
    .waitFor();
  t.true((await page.rows().count()) <= MOST_ROWS);
  const growth = (await heapOf(page)) - heap;
  t.true(growth < MOST_GROWTH, `the heap grew by ${growth} bytes`);
  const longest = await tab.evaluate(() => (globalThis as unknown as { longest: { ms: number } }).longest.ms);
  t.log(`longest task: ${Math.round(longest)} ms; gap: ${await page.gapNotice.allInnerTexts()}; heap: ${growth}`);
});
