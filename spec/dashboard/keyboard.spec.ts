import test from 'ava';
import type { Locator } from 'playwright-core';
import type { DashboardPage } from './dashboard-page.js';
import { openPopulated } from './populated.js';

/** Presses Tab until the element has the focus. @throws Error if it cannot be reached */
async function tabTo({ page }: DashboardPage, element: Locator): Promise<void> {
  await element.first().waitFor();
  for (let presses = 0; presses < 100; presses += 1) {
    if (await element.first().evaluate((each) => each === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${element}`);
}

/** Opens a view with the keys only. */
async function keyTo(page: DashboardPage, name: string): Promise<void> {
  await tabTo(page, page.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }));
  await page.page.keyboard.press('Enter');
  await page.page.getByRole('main', { name, exact: true }).waitFor();
}

test.serial('with the keys only, connections are filtered, and a report is opened and closed', async (t) => {
  const { page } = await openPopulated(t);
  const { keyboard } = page.page;
  await keyTo(page, 'Connections');
  await tabTo(page, page.view.getByLabel('Client', { exact: true }));
  await keyboard.type('192.0.2.1');
  await page.until(async () => (await page.rows().count()) === 0, 'that no connection matches');
  await tabTo(page, page.view.getByRole('link', { name: 'Clear the filter' }));
  await keyboard.press('Enter');
  await page.rows().first().waitFor();
  await tabTo(page, page.rows().first().getByRole('link'));
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const report = page.view.getByRole('article');
  await report.waitFor();
  await tabTo(page, report.getByRole('link', { name: 'All connections' }));
  await keyboard.press('Enter');
  await report.waitFor({ state: 'detached' });
  await page.rows().first().waitFor();
  t.pass();
});

test.serial('with the keys only, a fault is switched off, removed and added', async (t) => {
  const { page, control } = await openPopulated(t);
  const { keyboard } = page.page;
  await keyTo(page, 'Faults');
  const flaky = page.fault('orders/flaky');
  await tabTo(page, flaky.getByRole('switch'));
  await keyboard.press('Space');
  await page.until(async () => (await flaky.getByRole('switch').isChecked()) === false, 'that it is off');
  await tabTo(page, page.button('Remove orders/once'));
  await keyboard.press('Enter');
  await page.fault('orders/once').waitFor({ state: 'detached' });
  await tabTo(page, page.view.getByLabel('Search fault types'));
  await keyboard.type('amqp_fin');
  await tabTo(page, page.view.getByRole('radio').first());
  await keyboard.press('Space');
  const at = page.view.getByLabel(/^at( required)?$/);
  await tabTo(page, at);
  await keyboard.type('start');
  await tabTo(page, page.button('Add fault'));
  await keyboard.press('Enter');
  await page.fault('orders/amqp_fin_downstream').waitFor();
  const { body } = await control.call('GET', '/faults');
  t.like(
    body.find(({ id }: { readonly id: string }) => id === 'orders/amqp_fin_downstream'),
    { type: 'amqp_fin', attributes: { at: 'start' }, enabled: true },
  );
});

test.serial('with the keys only, a dialog is cancelled, and then confirmed', async (t) => {
  const { page, control } = await openPopulated(t);
  const { keyboard } = page.page;
  await keyTo(page, 'Proxies');
  const up = page.view.getByRole('switch', { name: 'Proxy orders' });
  await tabTo(page, up);
  await keyboard.press('Space');
  await page.dialog.waitFor();
  await keyboard.press('Escape');
  await page.dialog.waitFor({ state: 'detached' });
  t.true(await up.evaluate((each) => each === document.activeElement), 'the focus is back on the switch');
  t.true(control.instance.proxies.state('orders')?.enabled);
  await keyboard.press('Space');
  await tabTo(page, page.dialog.getByRole('button', { name: 'Take it down' }));
  await keyboard.press('Enter');
  await page.dialog.waitFor({ state: 'detached' });
  await page.banner.filter({ hasText: 'orders' }).waitFor();
  t.false(control.instance.proxies.state('orders')?.enabled);
});
