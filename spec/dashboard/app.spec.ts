import test from 'ava';
import { TITLES } from '../../lib/dashboard/titles.js';
import { openDashboard } from './open-dashboard.js';

test('each view has its title, and gets the focus when it is opened', async (t) => {
  const { page } = await openDashboard(t);
  await page.untilLive();
  const { page: tab } = page;
  t.is(await tab.title(), 'Now - rabbit-snare');
  for (const view of ['proxies', 'faults'] as const) {
    await page.goTo(view);
    await page.until(async () => (await tab.title()) === `${TITLES[view]} - rabbit-snare`, `the title of ${view}`);
    await page.until(() => page.view.evaluate((main) => main === document.activeElement), `the focus on ${view}`);
  }
});

test('the first Tab offers to skip the navigation', async (t) => {
  const { page } = await openDashboard(t, { fragment: '#/proxies' });
  await page.untilLive();
  await page.page.keyboard.press('Tab');
  await page.page.keyboard.press('Enter');
  t.true(await page.view.evaluate((main) => main === document.activeElement));
  t.is(await page.page.evaluate(() => location.hash), '#/proxies');
});

test('a theme is chosen for all visits, and auto follows the system', async (t) => {
  const { page } = await openDashboard(t, { theme: 'light' });
  const { page: tab } = page;
  const ground = (): Promise<string> => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.untilLive();
  const light = await ground();
  const theme = tab.getByRole('combobox', { name: 'Theme' });
  t.is(await theme.inputValue(), 'auto');
  await theme.selectOption('dark');
  const dark = await ground();
  t.not(dark, light);
  await tab.reload();
  await page.untilLive();
  t.is(await theme.inputValue(), 'dark');
  t.is(await ground(), dark);
  await theme.selectOption('auto');
  t.is(await ground(), light);
  await tab.emulateMedia({ colorScheme: 'dark' });
  t.is(await ground(), dark);
});
