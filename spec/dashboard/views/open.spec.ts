import test from 'ava';
import { openAmqp } from '../../support/amqp-wire.js';
import { dialWire } from '../../support/wire.js';
import { openDashboard } from '../open-dashboard.js';

test.serial('an open connection is shown with its stage, client and user, and is gone after its end', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/open' });
  await page.untilText('No connection is open.');
  const { wire } = await openAmqp(t, proxy, { startOk: { properties: { product: 'orders', version: '4.2' } } });
  await page.row(wire.address, 'running', 'orders 4.2', 'guest on /', 'stand-in').waitFor();
  const waiting = await dialWire(t, proxy);
  await waiting.send('AMQP');
  await page.row(waiting.address, 'header', 'not dialed', '4 B').waitFor();
  await page.filter({ Stage: 'header' });
  await page.until(async () => (await page.rows().count()) === 1, 'one row');
  waiting.fin();
  await page.untilText('No open connection matches.');
  t.is(await page.rows().count(), 0);
  wire.fin();
});

for (const [choice, close] of [
  ['Reset (RST)', 'rst'],
  ['Close (FIN)', 'fin'],
] as const) {
  test.serial(`a connection is ended with ${choice} after a confirmation, and its report is linked`, async (t) => {
    const { page, proxy } = await openDashboard(t, { fragment: '#/open' });
    const wire = await dialWire(t, proxy);
    await wire.send('AMQP');
    await page.row(wire.address).getByRole('button').click();
    await page.dialog.getByLabel(choice).check();
    await page.dialog.getByRole('button', { name: 'End the connection' }).click();
    t.is(await wire.ended, close);
    wire.fin();
    await page.page.getByRole('link', { name: 'Its report' }).click();
    await page.page.getByRole('article').getByText('shutdown').first().waitFor();
  });
}

test.serial('an AMQP connection is ended with a Close 320', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/open' });
  const amqp = await openAmqp(t, proxy);
  await page.row(amqp.wire.address).getByRole('button').click();
  await page.dialog.getByLabel(/^AMQP Close 320/).check();
  await page.dialog.getByRole('button', { name: 'End the connection' }).click();
  t.is((await amqp.next('connection.close')).replyCode, 320);
  await page.dialog.waitFor({ state: 'detached' });
});

test.serial('a dialog that is cancelled ends nothing, and the focus is where it was', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/open' });
  const { wire } = await openAmqp(t, proxy);
  const button = page.row(wire.address).getByRole('button');
  await button.focus();
  await page.page.keyboard.press('Enter');
  await page.dialog.waitFor();
  await page.page.keyboard.press('Escape');
  await page.dialog.waitFor({ state: 'detached' });
  t.true(await button.evaluate((element) => element === document.activeElement));
  await page.row(wire.address, 'running').waitFor();
});
