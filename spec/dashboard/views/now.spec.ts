import test, { type ExecutionContext } from 'ava';
import { openAmqp } from '../../support/amqp-wire.js';
import { client } from '../../support/bytes.js';
import type { Listening } from '../../support/server.js';
import { dialWire } from '../../support/wire.js';
import { openDashboard } from '../open-dashboard.js';

/** A client that sends this text, and its address. */
async function knock(t: ExecutionContext, proxy: Listening, text: string): Promise<string> {
  const wire = await dialWire(t, proxy);
  if (text === '') wire.fin();
  else await wire.send(text);
  await wire.gone;
  return wire.address;
}

/** A client that opens a connection and closes it. */
async function converse(t: ExecutionContext, proxy: Listening): Promise<void> {
  const amqp = await openAmqp(t, proxy);
  await amqp.wire.send(client.close());
  await amqp.next('connection.close-ok');
  amqp.wire.fin();
  await amqp.wire.gone;
}

test('an instance without clients says how to connect the first one', async (t) => {
  const { page, proxy } = await openDashboard(t);
  await page.untilText(`amqp://${proxy.host}:${proxy.port}`);
  await page.untilText(`rabbit-snare probe ${proxy.host}:${proxy.port}`);
  t.is(await page.rows().count(), 0);
});

test('what happened in the last minutes is counted by reason, by step and by source', async (t) => {
  const { page, proxy } = await openDashboard(t);
  await page.untilLive();
  const refused = await knock(t, proxy, 'GET / HTTP/1.1\r\n\r\n');
  await knock(t, proxy, '');
  await converse(t, proxy);
  const { view } = page;
  const plot = view.getByRole('img', { name: '3 connections ended in the last 15 minutes' });
  await plot.waitFor();

  await view.getByText('Numbers').click();
  for (const reason of ['bad_header', 'connection_closed_with_no_data_received', 'connection_closed']) {
    const row = page
      .rows('Ended connections')
      .filter({ has: page.page.getByRole('rowheader', { name: reason, exact: true }) });
    t.deepEqual((await row.getByRole('cell').allInnerTexts()).join(' '), '1 1 1', reason);
  }

  const steps = await page.rows('Handshakes').allInnerTexts();
  const [accepted, header, , , , running] = steps.map((text) => text.split(/\s+/));
  t.deepEqual(accepted?.slice(0, 2), ['accepted', '2']);
  t.deepEqual(header?.slice(0, 2), ['header', '2']);
  t.deepEqual(running?.slice(0, 3), ['running', '1', '0']);

  const source = await page.rows('Sources').first().innerText();
  t.regex(source, /127\.0\.0\.1/);
  t.regex(source, /\b3\b/);

  const latest = view.getByRole('region', { name: 'Latest refusals and errors' });
  t.is(await latest.getByRole('listitem').count(), 1);
  await latest.getByRole('link', { name: refused }).click();
  await page.page.getByRole('main', { name: 'Connections', exact: true }).waitFor();
  t.regex(page.page.url(), /#\/connections\/.+/);
});

test('totals and open connections by stage are shown', async (t) => {
  const { page, proxy } = await openDashboard(t);
  await page.untilLive();
  await knock(t, proxy, 'GET / HTTP/1.1\r\n\r\n');
  const { wire } = await openAmqp(t, proxy);
  const tiles = page.view.getByRole('region', { name: 'Rates and open connections' });
  await page.until(
    async () => /Open\s+1\s+running\s+1/.test(await tiles.innerText()),
    'an open connection that is running',
  );
  t.regex(await tiles.innerText(), /Accepted[\s\S]*2 in all[\s\S]*Refused[\s\S]*1 in all/);
  wire.fin();
  await page.until(async () => (await tiles.innerText()).includes('no open connections'), 'that it has ended');
});

test('a bar of the timeline says what ended in it', async (t) => {
  const { page, proxy } = await openDashboard(t);
  await page.untilLive();
  await knock(t, proxy, 'GET / HTTP/1.1\r\n\r\n');
  const plot = page.view.getByRole('img', { name: '1 connection ended' });
  await plot.waitFor();
  const { x = 0, y = 0, width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
  // The newest bar is at the right edge. Time may go on between a look and the next one.
  await page.until(async () => {
    for (let left = 10; left < 60; left += 3) {
      await page.page.mouse.move(x + width - left, y + height / 2);
      if ((await plot.getByText('bad_header').count()) > 0) return true;
    }
    return false;
  }, 'the bar with the connection');
  t.pass();
});

test('what is broken on purpose is said on every view', async (t) => {
  const { page, control } = await openDashboard(t);
  await page.untilLive();
  t.is(await page.banner.count(), 0);
  await control.call('POST', '/faults', { type: 'latency', name: 'slow', proxy: 'amqp', attributes: { latency: 100 } });
  await page.banner.getByRole('link', { name: 'amqp/slow' }).waitFor();
  for (const view of ['connections', 'open', 'health-checks', 'faults', 'proxies', 'now'] as const) {
    await page.goTo(view);
    t.regex(await page.banner.innerText(), /fault amqp\/slow latency, 0 hits/);
  }
  await control.call('DELETE', '/faults/amqp%2Fslow');
  await page.banner.waitFor({ state: 'detached' });
});
