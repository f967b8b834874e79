import test, { type ExecutionContext } from 'ava';
import type { Listening } from '../../support/server.js';
import { dialWire } from '../../support/wire.js';
import { openDashboard } from '../open-dashboard.js';

// No connection may end because a busy machine is slow.
const CONFIG = `handshakeTimeout: 10m
proxies:
  - {name: amqp, listen: "127.0.0.1:0", upstream: stand-in}
  - {name: other, listen: "127.0.0.1:0", upstream: stand-in}
`;

/** A check that sends this text and leaves. */
async function check(t: ExecutionContext, proxy: Listening, text: string): Promise<void> {
  const wire = await dialWire(t, proxy);
  if (text !== '') {
    await wire.send(text);
    await wire.ended;
  }
  wire.fin();
  await wire.gone;
}

test.serial('checks are shown with what they are, what the broker logs, and the whole advice', async (t) => {
  const { page, proxy, control } = await openDashboard(t, { config: CONFIG, fragment: '#/health-checks' });
  await page.untilText('No health check was seen.');
  await page.untilText('Checks that never complete the TCP handshake');
  await check(t, proxy, 'GET /healthz HTTP/1.1\r\nUser-Agent: kube-probe/1.31\r\n\r\n');
  await check(t, proxy, '');
  await page.row('127.0.0.1', 'a Kubernetes probe with httpGet', 'error').waitFor();
  const { body } = await control.call('GET', '/health-checks');
  const { sources, invisible } = body as { sources: { advice: string }[]; invisible: { note: string } };
  t.is(sources.length, 2);
  const text = await page.view.innerText();
  for (const { advice } of sources) t.true(text.includes(advice.replaceAll('`', '')), advice);
  t.true(text.includes(invisible.note));
});

test.serial('the filter is in the URL, and a source leads to its connections', async (t) => {
  const { page, proxy } = await openDashboard(t, { config: CONFIG, fragment: '#/health-checks?style=http' });
  await check(t, proxy, 'GET / HTTP/1.1\r\n\r\n');
  await check(t, proxy, '');
  await page.row('an HTTP client').waitFor();
  t.is(await page.rows().filter({ hasText: 'no_data' }).count(), 0);
  await page.filter({ Proxy: 'other' });
  await page.untilText('No health check matches.');
  await page.filter({ Proxy: 'amqp' });
  await page.row('an HTTP client').getByRole('link', { name: '127.0.0.1' }).click();
  await page.page.getByRole('main', { name: 'Connections', exact: true }).waitFor();
  t.is(new URL(page.page.url()).hash, '#/connections?client=127.0.0.1&proxy=amqp');
  await page.row('bad_header').waitFor();
});
