import { connect } from 'amqplib';
import test from 'ava';
import type { Locator } from 'playwright-core';
import type { DashboardPage } from './dashboard-page.js';
import { openDashboard } from './open-dashboard.js';

/** Connects as a client does. Returns why that failed; null: it worked. */
async function attempt({ host, port }: { readonly host: string; readonly port: number }): Promise<string | null> {
  try {
    const client = await connect(`amqp://guest:guest@${host}:${port}`);
    client.on('error', () => {});
    await client.close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** In ms: on a busy machine, each step can take seconds. */
const LONG = 240_000;

const faultRow = ({ view }: DashboardPage, id: string): Locator =>
  view.getByRole('listitem', { name: `Fault ${id}`, exact: true });

const field = (form: Locator, name: string): Locator => form.getByLabel(name, { exact: true });

test('a fault that is added, switched, changed and removed in the dashboard hits a client, or does not', async (t) => {
  t.timeout(LONG);
  const { page, proxy, control } = await openDashboard(t, { fragment: '#/faults' });
  const { view } = page;
  t.is(await attempt(proxy), null);
  const isClosedWith = async (code: number): Promise<boolean> => {
    t.regex((await attempt(proxy)) ?? 'connected', /ConnectionClose/);
    const { body } = await control.call('GET', '/reports?limit=1&wait=5s&decision=fault');
    return body[0].connectionClose.code === code;
  };
  await page.untilText('Nothing is broken on purpose');

  await view.getByRole('searchbox', { name: 'Search fault types' }).fill('connection.close broker');
  await view.getByRole('radio', { name: 'amqp_close', exact: true }).check();
  await field(view, 'code').selectOption('541');
  await field(view, 'text').fill('it is broken');
  const sent = view.getByRole('region', { name: 'What is sent' });
  t.regex(await sent.innerText(), /"code": 541,\s+"text": "it is broken"/);
  t.regex(await sent.innerText(), /rabbit-snare faults add 'amqp_close code=541 text="it is broken"'/);
  await page.button('Add fault').click();
  const row = faultRow(page, 'amqp/amqp_close_downstream');
  await row.waitFor();
  t.regex(await row.innerText(), /at=open code=541 text="it is broken"/);
  await page.banner.waitFor();

  await page.until(() => isClosedWith(541), 'a client that is closed with 541');
  await row.getByText(/^[1-9]\d* hits?$/).click();
  const link = row.getByRole('list', { name: /last connections/ }).getByRole('link');
  t.regex((await link.first().getAttribute('href')) ?? '', /^#\/connections\/./);

  const enabled = row.getByRole('switch', { name: /is on$/ });
  await enabled.click();
  await page.until(async () => !(await enabled.isChecked()), 'the fault is off');
  await page.banner.waitFor({ state: 'detached' });
  t.is(await attempt(proxy), null);
  await enabled.click();
  await page.until(() => enabled.isChecked(), 'the fault is on');
  t.true(await isClosedWith(541));

  const edit = row.getByRole('button', { name: /^Edit/ });
  await edit.click();
  const form = row.getByRole('form', { name: /^Change/ });
  await field(form, 'code').selectOption('530');
  await field(form, 'text').fill('');
  t.regex(await form.innerText(), /"attributes": \{\s+"code": 530,\s+"text": null\s+\}/);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  t.true(await edit.evaluate((button) => button === document.activeElement), 'the focus is back');
  await page.until(() => isClosedWith(530), 'a client that is closed with 530');

  const slider = row.getByRole('slider', { name: /^Toxicity/ });
  await slider.focus();
  await page.page.keyboard.press('Home');
  await row.getByText('0%', { exact: true }).waitFor();
  await page.until(async () => (await attempt(proxy)) === null, 'a client that is not hit');

  await row.getByRole('button', { name: /^Remove/ }).click();
  await page.untilText('Nothing is broken on purpose');
  t.is(await attempt(proxy), null);
});

test('an error of the server is shown at its field, which gets the focus', async (t) => {
  t.timeout(LONG);
  const { page } = await openDashboard(t, { fragment: '#/faults', expectedErrors: [/status of 400/] });
  const { view } = page;
  await view.getByRole('button', { name: /^slow network/i }).click();
  await field(view, 'jitter').fill('2 days');
  await page.button('Add fault').click();
  const jitter = view.getByRole('textbox', { name: 'jitter' }).or(view.getByRole('combobox', { name: 'jitter' }));
  await page.until(async () => (await jitter.getAttribute('aria-invalid')) === 'true', 'the field is marked');
  const described = await jitter.evaluate((input) =>
    (input.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent)
      .join(' '),
  );
  t.regex(described, /jitter must be a duration.*not "2 days"/);
  t.true(await jitter.evaluate((input) => input === document.activeElement));
  await view.getByRole('alert').filter({ hasText: 'jitter must be' }).waitFor();
  await jitter.fill('20ms');
  // With the keyboard alone.
  await page.page.keyboard.press('Enter');
  await faultRow(page, 'amqp/slow-network').waitFor();
});

const TWO = `proxies:
  - {name: first, listen: "127.0.0.1:0", upstream: stand-in}
  - {name: second, listen: "127.0.0.1:0", upstream: stand-in}
`;

test('scenarios are started from a file and from YAML, followed and stopped', async (t) => {
  t.timeout(LONG);
  const { page, proxy, control } = await openDashboard(t, {
    config: TWO,
    fragment: '#/faults',
    expectedErrors: [/status of 400/],
  });
  const { view } = page;
  const yaml = view.getByRole('textbox', { name: 'YAML' });
  const start = page.button('Start scenario');
  const scenario = (name: string): Locator => view.getByRole('listitem', { name: `Scenario ${name}`, exact: true });

  await view.getByRole('radio', { name: 'first-two-refused' }).check();
  await start.click();
  const fromFile = scenario('first-two-refused');
  await fromFile.waitFor();
  t.regex(await fromFile.innerText(), /amqp_refuse times=2 at first\s*active/);
  t.not(await attempt(proxy), null);
  await faultRow(page, 'first/amqp_refuse_downstream')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await page.dialog.getByText(/It belongs to scenario-1/).waitFor();
  await page.dialog.getByRole('button', { name: 'Cancel' }).click();
  await fromFile.getByRole('button', { name: /^Stop/ }).click();
  await fromFile.waitFor({ state: 'detached' });
  t.is(await attempt(proxy), null);

  await yaml.fill('steps:\n  - {type: noop}\n  - {type: nop}\n');
  await start.click();
  await view.getByRole('button', { name: 'Line 3' }).click();
  t.is(
    await yaml.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd)),
    '  - {type: nop}',
  );

  await yaml.fill('lease: 6s\nsteps:\n  - {type: noop, until: 100ms}\n  - {type: amqp_refuse, after: 100ms}\n');
  await view.getByRole('textbox', { name: 'name' }).last().fill('mine');
  await view.getByRole('combobox', { name: 'proxy of steps that name none' }).selectOption('second');
  await start.click();
  const pasted = scenario('mine');
  await pasted.getByText('This page renews it').waitFor();
  await pasted.getByRole('listitem').filter({ hasText: 'noop' }).getByText('over').waitFor();
  await pasted.getByRole('listitem').filter({ hasText: 'amqp_refuse' }).getByText('active').waitFor();
  t.is(await attempt(proxy), null, 'the first proxy is not affected');
  const leaseLeft = async (): Promise<number> => (await control.call('GET', '/scenarios')).body[0].leaseLeftMs;
  let before = await leaseLeft();
  await page.until(async () => {
    const now = await leaseLeft();
    const isRenewed = now > before;
    before = now;
    return isRenewed;
  }, 'the lease is renewed');
  await pasted.getByRole('button', { name: /^Stop/ }).click();
  await pasted.waitFor({ state: 'detached' });
  t.deepEqual((await control.call('GET', '/faults')).body, []);
});

test('with several proxies, a fault is added to the chosen one', async (t) => {
  t.timeout(LONG);
  const { page } = await openDashboard(t, { config: TWO, fragment: '#/faults' });
  await page.view.getByRole('radio', { name: 'noop', exact: true }).check();
  await page.view.getByRole('combobox', { name: 'proxy', exact: true }).selectOption('second');
  await page.button('Add fault').click();
  const row = faultRow(page, 'second/noop_downstream');
  await row.waitFor();
  const hasFocus = () => row.evaluate((element) => element === document.activeElement);
  t.true(await page.until(hasFocus, 'the new fault has the focus'));
});
