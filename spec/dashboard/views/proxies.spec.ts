import test from 'ava';
import { listening } from '../../support/instance.js';
import { isDeaf, startServer } from '../../support/server.js';
import { openDashboard } from '../open-dashboard.js';

const TWO = `proxies:
  - {name: amqp, listen: "127.0.0.1:0", upstream: stand-in, healthChecks: forward}
  - {name: old, listen: "127.0.0.1:0", upstream: stand-in, mode: observe, dialect: "3.10", healthChecks: [{sources: 10.0.0.0/8, answer: fail}]}
`;

test('each proxy is shown with its settings', async (t) => {
  const { page, control } = await openDashboard(t, { config: TWO, fragment: '#/proxies' });
  const { listen } = control.instance.proxies.state('amqp') ?? {};
  const amqp = page.view.getByRole('region', { name: 'amqp', exact: true });
  await amqp.waitFor();
  const text = await amqp.innerText();
  for (const part of [String(listen), 'stand-in', 'guard', 'auto', 'forwarded like any other connection']) {
    t.true(text.includes(part), `${part} in ${text}`);
  }
  const old = await page.view.getByRole('region', { name: 'old', exact: true }).innerText();
  for (const part of ['observe', '3.10', 'all connections from 10.0.0.0/8: made to fail with a reset']) {
    t.true(old.includes(part), `${part} in ${old}`);
  }
});

test('a proxy is taken down after a confirmation, and up again without one', async (t) => {
  const { page, control } = await openDashboard(t, { config: TWO, fragment: '#/proxies' });
  const proxy = listening(control.instance.proxies.state('amqp')?.listen);
  const onOff = page.view.getByRole('switch', { name: 'Proxy amqp' });
  await onOff.click();
  await page.dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.dialog.waitFor({ state: 'detached' });
  t.true(await onOff.isChecked());
  t.true(control.instance.proxies.state('amqp')?.enabled);

  await onOff.click();
  await page.dialog.getByRole('button', { name: 'Take it down' }).click();
  await page.dialog.waitFor({ state: 'detached' });
  t.true(await isDeaf(proxy));
  t.false(await onOff.isChecked());
  t.regex(await page.banner.innerText(), /proxy amqp is down/);
  t.is(control.instance.proxies.state('old')?.enabled, true);

  await onOff.click();
  await page.until(() => onOff.isChecked(), 'that the switch is on');
  t.true(control.instance.proxies.state('amqp')?.enabled);
  t.is(await page.dialog.count(), 0);
});

test('a proxy that cannot be taken up says why', async (t) => {
  const server = await startServer(t, () => {});
  const config = `proxies:\n  - {name: amqp, listen: "127.0.0.1:${server.port}", upstream: stand-in, enabled: false}\n`;
  const { page } = await openDashboard(t, { config, fragment: '#/proxies', expectedErrors: [/status of 500/] });
  await page.view.getByRole('switch', { name: 'Proxy amqp' }).click();
  await page.view.getByRole('alert').filter({ hasText: 'address already in use' }).waitFor();
  t.false(await page.view.getByRole('switch', { name: 'Proxy amqp' }).isChecked());
});
