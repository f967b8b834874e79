import test from 'ava';
import { openDashboard } from './open-dashboard.js';

/** The page and everything that it loads must be smaller, in bytes, without compression. */
const MOST_BYTES = 300_000;
const TOKEN = 'correct-horse';
const UNAUTHORIZED = /status of 401/;

test('the page loads less than 300 kB, all from the control API, under a strict policy', async (t) => {
  const { page, control } = await openDashboard(t);
  await page.untilLive();
  const { page: tab } = page;
  const loaded = new Map<string, number>();
  tab.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname === '/' || pathname.startsWith('/dashboard/')) {
      void response.body().then(({ length }) => loaded.set(pathname, length));
    }
  });
  const [response] = await Promise.all([tab.waitForResponse(`${control.url}/`), tab.reload()]);
  await page.untilLive();
  await page.until(async () => loaded.size === 3, 'the three files of the page');
  t.deepEqual([...loaded.keys()].sort(), ['/', '/dashboard/main.js', '/dashboard/style.css']);
  const total = [...loaded.values()].reduce((sum, length) => sum + length, 0);
  t.true(total < MOST_BYTES, `${total} bytes`);
  const policy = response.headers()['content-security-policy'] ?? '';
  t.regex(policy, /default-src 'none'|default-src 'self'/);
  t.notRegex(policy, /unsafe-inline|unsafe-eval|https?:|\*/);
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
