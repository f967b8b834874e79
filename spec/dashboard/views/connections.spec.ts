import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { Report } from '../../../lib/report/report.js';
import { openAmqp } from '../../support/amqp-wire.js';
import { client } from '../../support/bytes.js';
import type { Listening } from '../../support/server.js';
import { dialWire } from '../../support/wire.js';
import type { DashboardPage } from '../dashboard-page.js';
import { openDashboard } from '../open-dashboard.js';

/** A client that sends this text and is refused, or sends nothing and leaves. Returns its address. */
async function knock(t: ExecutionContext, proxy: Listening, text: string): Promise<string> {
  const wire = await dialWire(t, proxy);
  if (text === '') wire.fin();
  else await wire.send(text);
  await wire.gone;
  return wire.address;
}

/** A client that opens a connection and closes it. */
async function converse(t: ExecutionContext, proxy: Listening, properties: Record<string, string>): Promise<void> {
  const amqp = await openAmqp(t, proxy, { startOk: { properties } });
  await amqp.wire.send(client.close());
  await amqp.next('connection.close-ok');
  amqp.wire.fin();
  await amqp.wire.gone;
}

const HTTP = 'GET / HTTP/1.1\r\n\r\n';

/** Waits until the list has this many rows. */
const untilRows = (page: DashboardPage, count: number) =>
  page.until(async () => (await page.rows().count()) === count, `${count} rows`);

test.serial('the list is filtered by the URL, and the controls change the URL', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/connections?reason=bad_header' });
  await page.untilLive();
  const refused = await knock(t, proxy, HTTP);
  await knock(t, proxy, '');
  await converse(t, proxy, { product: 'Orders Service', version: '4.2' });
  await page.row(refused, 'bad_header').waitFor();
  await untilRows(page, 1);

  await page.filter({ Reason: '' });
  await untilRows(page, 3);
  await page.filter({ Product: 'orders' });
  await untilRows(page, 1);
  t.regex(await page.rows().innerText(), /Orders Service 4\.2\s+guest on \//);
  t.is(new URL(page.page.url()).hash, '#/connections?product=orders');

  await page.filter({ Product: '', 'Health check': 'true' });
  await page.row('connection_closed_with_no_data_received').waitFor();
  await untilRows(page, 1);

  await page.page.reload();
  await page.row('connection_closed_with_no_data_received').waitFor();
  await page.page.getByRole('link', { name: 'Clear the filter' }).click();
  await untilRows(page, 3);
});

test.serial('the list stays still while it is paused or read, and counts what arrives', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/connections' });
  await page.untilLive();
  await knock(t, proxy, HTTP);
  await untilRows(page, 1);

  await page.button('Pause').click();
  await knock(t, proxy, '');
  await page.button('1 new').waitFor();
  t.is(await page.rows().count(), 1);
  await page.button('Resume').click();
  await untilRows(page, 2);

  await page.rows().getByRole('link').first().focus();
  await knock(t, proxy, HTTP);
  await knock(t, proxy, HTTP);
  await page.button('2 new').click();
  await untilRows(page, 4);
  await knock(t, proxy, HTTP);
  await untilRows(page, 5);
});

test.serial('the keyboard moves through the list, opens a report, and comes back to the same row', async (t) => {
  const { page, proxy } = await openDashboard(t, { fragment: '#/connections' });
  await page.untilLive();
  for (let nth = 0; nth < 4; nth++) await knock(t, proxy, HTTP);
  await untilRows(page, 4);
  const { keyboard } = page.page;
  const focused = (nth: number) =>
    page.until(
      () =>
        page
          .rows()
          .nth(nth)
          .getByRole('link')
          .evaluate((link) => link === document.activeElement),
      `the focus on row ${nth}`,
    );
  await page.rows().first().getByRole('link').focus();
  await keyboard.press('ArrowDown');
  await focused(1);
  await keyboard.press('End');
  await focused(3);
  await keyboard.press('ArrowUp');
  await focused(2);
  await keyboard.press('Enter');
  await page.page.getByRole('heading', { name: /^The client sent 'GET/ }).waitFor();
  await page.page.goBack();
  t.true(await focused(2));
});

test.serial('the list is exported as JSON lines', async (t) => {
  const { page, proxy, control } = await openDashboard(t, { fragment: '#/connections' });
  await page.untilLive();
  const refused = await knock(t, proxy, HTTP);
  await knock(t, proxy, '');
  await untilRows(page, 2);
  await page.filter({ Client: refused });
  await untilRows(page, 1);
  const [download] = await Promise.all([page.page.waitForEvent('download'), page.button('Export JSON lines').click()]);
  t.regex(download.suggestedFilename(), /^rabbit-snare-reports-.*\.jsonl$/);
  const lines = readFileSync(await download.path(), 'utf8')
    .split('\n')
    .slice(0, -1);
  const { body } = await control.call('GET', `/reports?client=${refused}`);
  t.deepEqual(
    lines.map((line) => JSON.parse(line) as Report),
    body as Report[],
  );
});

/** What a report says: all texts and numbers in it. */
const leavesOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];

test.serial('the page of a report shows what the client sent as text, whatever it is', async (t) => {
  const { page, proxy, control } = await openDashboard(t, { fragment: '#/connections' });
  await page.untilLive();
  const product = '<img src=x onerror="alert(1)"> \u202etxet\u0007';
  await converse(t, proxy, { product, platform: 'p'.repeat(2_000), connection_name: 'orders@10' });
  await page.row('connection_closed').getByRole('link').click();
  const article = page.view.getByRole('article');
  await article.getByText('orders@10').waitFor();
  const text = await article.innerText();
  t.true(text.includes('<img src=x onerror="alert(1)"> \\u202etxet\\u0007'), text);
  t.false(text.includes('\u202e') || text.includes('\u0007'));
  t.true(text.includes('2,000 characters'));
  t.is(await article.locator('img').count(), 0);

  const [report] = (await control.call('GET', '/reports')).body as [Report];
  const { handshake, reason, ended, listen, upstream, upstreamAddress, id, client: address } = report;
  const facts = { ...handshake, product: null, platform: null, sentence: reason.sentence, name: reason.name };
  const shown = [...leavesOf(facts), listen, upstream, upstreamAddress, id, address, ended.clientSent?.toUpperCase()];
  for (const leaf of shown) t.true(leaf === 'null' || text.includes(String(leaf)), `${leaf} is shown`);

  await article.getByText('Raw JSON', { exact: true }).click();
  const json = await article.getByRole('textbox', { name: 'The report as JSON' }).inputValue();
  t.deepEqual(JSON.parse(json), report);
});

test.serial('a link to a report works without the list, and says so if the report is not kept', async (t) => {
  const { page, proxy, control } = await openDashboard(t, { fragment: '#/connections/a-77' });
  await page.untilText('does not keep a report with this id');
  await knock(t, proxy, HTTP);
  const [report] = (await control.call('GET', '/reports?wait=5s')).body as [Report];
  await page.page.goto(`${control.url}/#/connections/${report.id}`);
  t.regex(await page.view.getByRole('heading').nth(1).innerText(), /^The client sent 'GET/);
});
