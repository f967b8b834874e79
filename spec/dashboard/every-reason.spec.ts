import test from 'ava';
import type { ReasonName } from '../../lib/amqp/reason.js';
import { REASONS } from '../support/reasons.js';
import { configForEveryReason, doorsOf, MAKE } from './every-reason.js';
import { openDashboard } from './open-dashboard.js';

const NAMES = Object.keys(REASONS) as ReasonName[];

test('connections of every reason appear while the page is open, with reason and client', async (t) => {
  const config = await configForEveryReason(t);
  const { page, control } = await openDashboard(t, { config, height: 3_000, fragment: '#/connections' });
  await page.untilLive();
  const doors = doorsOf(control);
  const clients = await Promise.all(NAMES.map(async (name) => [name, await MAKE[name](t, doors)] as const));
  for (const [name, client] of clients) await page.row(client, name).waitFor();
  t.is(await page.rows().count(), NAMES.length);
});
