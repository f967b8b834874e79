import test, { type ExecutionContext } from 'ava';
import { startControl } from '../support/control.js';
import { freePort } from '../support/free-port.js';
import { listening } from '../support/instance.js';
import type { Listening } from '../support/server.js';
import { dialWire } from '../support/wire.js';
import { startCuttable } from './cuttable.js';
import { openPage } from './open-dashboard.js';

const STAND_IN = 'handshakeTimeout: 10m\nproxies:\n  - {name: amqp, listen: "127.0.0.1:0", upstream: stand-in}\n';
/** What Chromium writes to the console when a request fails. */
const NETWORK = /net::ERR_/;

/** A client that is not one, and its address. */
async function knock(t: ExecutionContext, proxy: Listening): Promise<string> {
  const wire = await dialWire(t, proxy);
  await wire.send('GET / HTTP/1.1\r\n\r\n');
  await wire.how();
  return wire.address;
}

test('connections that ended while the network was down appear once it is back', async (t) => {
  const control = await startControl(t, STAND_IN);
  const proxy = listening(control.instance.proxies.all[0]?.listen);
  const network = await startCuttable(t, control.url);
  const page = await openPage(t, network.url, { fragment: '#/connections', expectedErrors: [NETWORK] });
  await page.untilLive();
  await page.row(await knock(t, proxy)).waitFor();
  network.cut();
  await page.until(async () => (await page.status()).startsWith('not connected'), 'that the connection is lost');
  const missed = [await knock(t, proxy), await knock(t, proxy)];
  network.mend();
  await page.untilLive();
  for (const client of missed) await page.row(client).waitFor();
  t.is(await page.rows().count(), 3);
  t.is(await page.gapNotice.count(), 0, 'nothing is missing');
});

test('after a restart the page says what is missing, and shows new connections', async (t) => {
  const config = `${STAND_IN}\ncontrol: "127.0.0.1:${await freePort()}"\n`;
  const first = await startControl(t, config);
  const page = await openPage(t, first.url, { fragment: '#/connections', expectedErrors: [NETWORK] });
  await page.untilLive();
  const before = await knock(t, listening(first.instance.proxies.all[0]?.listen));
  await page.row(before).waitFor();
  await first.instance.stop(0);
  await page.until(async () => (await page.status()).startsWith('not connected'), 'that the connection is lost');
  const second = await startControl(t, config);
  await page.untilLive();
  await page.gapNotice.filter({ hasText: 'rabbit-snare was restarted' }).waitFor();
  const after = await knock(t, listening(second.instance.proxies.all[0]?.listen));
  await page.row(after).waitFor();
  t.is(await page.row(before).count(), 1, 'what it has already shown stays');
  await page.gapNotice.getByRole('button', { name: 'Dismiss' }).click();
  await page.gapNotice.waitFor({ state: 'detached' });
  t.pass();
});
