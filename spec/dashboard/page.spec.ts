import test from 'ava';
import { openDashboard } from './open-dashboard.js';

/** The page and everything that it loads must be smaller, in bytes, without compression. */
const MOST_BYTES = 300_000;
const TOKEN = 'correct-horse';
const UNAUTHORIZED = /status of 401/;

test('the page loads less than 300 kB, all from the control API, under a strict policy', async (t) => {
  const { page, control } = await openDashboard(t);
  await page.untilLive();
  const sizes = await page.page.evaluate(() => {
    const loaded = performance.getEntries().filter((each) => each instanceof PerformanceResourceTiming);
    return loaded
      .filter(({ initiatorType }) => initiatorType !== 'fetch')
      .map(({ name, decodedBodySize }) => [new URL(name).pathname, decodedBodySize] as const);
  });
  t.deepEqual(sizes.map(([path]) => path).sort(), ['/', '/dashboard/main.js', '/dashboard/style.css']);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  t.true(total > 1_000 && total < MOST_BYTES, `${total} bytes`);
  const { headers } = await fetch(control.url, { headers: { Accept: 'text/html' } });
  const policy = headers.get('content-security-policy') ?? '';
  t.regex(policy, /default-src 'none'/);
  t.notRegex(policy, /unsafe-|https?:|\*/);
});

test('the page asks for the token once, and rejects a wrong one', async (t) => {
  const { page } = await openDashboard(t, { token: TOKEN, expectedErrors: [UNAUTHORIZED] });
  const { page: tab } = page;
  const asked: string[] = [];
  tab.on('request', (request) => asked.push(request.url()));
  const field = tab.getByLabel(/^Token/);
  await field.fill('wrong');
  await field.press('Enter');
  await tab.getByRole('alert').filter({ hasText: /token/i }).waitFor();
  await field.fill(TOKEN);
  await field.press('Enter');
  await page.untilLive();
  t.is(await field.count(), 0);

  await tab.reload();
  await page.untilLive();
  t.is(await field.count(), 0, 'it is kept over a reload');

  const kept = await tab.evaluate(() => ({
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    cookies: document.cookie,
    url: location.href,
  }));
  t.true(kept.session.includes(TOKEN));
  t.false(`${kept.local}${kept.cookies}${kept.url}${asked.join()}`.includes(TOKEN));

  const other = await tab.context().newPage();
  await other.goto(tab.url());
  await other.getByLabel(/^Token/).waitFor();
  t.pass('another tab asks for it again');
});
