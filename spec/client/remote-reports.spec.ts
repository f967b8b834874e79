import type { ServerResponse } from 'node:http';
import test from 'ava';
import { Control } from '../../lib/client/control.js';
import { RemoteReports } from '../../lib/client/remote-reports.js';
import type { Report } from '../../lib/report/report.js';
import { startControl } from '../support/control.js';
import { answer, fakeControl } from '../support/fake-control.js';
import { listening } from '../support/instance.js';
import { until } from '../support/rabbitmq/until.js';
import { dialWire } from '../support/wire.js';

/** Returns reports with these ids, in the order of the API: newest first. */
const reports = (...ids: readonly string[]) => ids.map((id) => ({ id }) as Report);
const idsOf = (found: readonly Report[]) => found.map(({ id }) => id);

test('a held request does not delay other calls', async (t) => {
  const { url, instance } = await startControl(t, 'listen: 127.0.0.1:0\nupstream: stand-in');
  const ended = new RemoteReports(new Control({ url }), 'amqp');
  let isHere = false;
  const awaited = ended.next({ reason: 'bad_header' }, 30_000).finally(() => {
    isHere = true;
  });
  t.deepEqual(await ended.all({}), []);
  await t.throwsAsync(ended.next({}, 50), { code: 'ERR_NO_REPORT', message: /no connection has ended$/ });
  t.false(isHere);
  const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
  await wire.send('amqp0091');
  await wire.how();
  t.is((await awaited).reason.name, 'bad_header');
  t.is((await ended.all({})).length, 1);
});

test('two waiting calls get different reports', async (t) => {
  const { url, instance } = await startControl(t, 'listen: 127.0.0.1:0\nupstream: stand-in');
  const ended = new RemoteReports(new Control({ url }), 'amqp');
  const both = [ended.next({}, 30_000), ended.next(() => true, 30_000)];
  for (let at = 0; at < 2; at++) {
    const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
    await wire.send('amqp0091');
    await wire.how();
  }
  t.is(new Set(idsOf(await Promise.all(both))).size, 2);
});

test('responses out of order still yield each report once, in order', async (t) => {
  const held: ServerResponse[] = [];
  const url = await fakeControl(t, (_, response) => void held.push(response));
  const ended = new RemoteReports(new Control({ url }), 'amqp');
  const [older, newer, newest] = [ended.all({}), ended.all({}), ended.all({})];
  await until(() => held.length === 3, 10_000);
  const [first, second, third] = held as [ServerResponse, ServerResponse, ServerResponse];
  answer(second, 200, reports('b', 'a'));
  // Any of the three may resolve with these reports.
  t.deepEqual(idsOf(await Promise.race([older, newer, newest])), ['a', 'b']);
  answer(first, 200, reports('a'));
  answer(third, 200, reports('c', 'b', 'a'));
  await Promise.all([older, newer, newest]);
  const last = ended.all({});
  await until(() => held.length === 4, 10_000);
  answer(held[3] as ServerResponse, 200, []);
  t.deepEqual(idsOf(await last), ['a', 'b', 'c']);
});

test('each request asks for reports after the last one', async (t) => {
  const asked: (string | null)[] = [];
  const url = await fakeControl(t, (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://any');
    asked.push(`${searchParams.get('proxy')} ${searchParams.get('since')}`);
    answer(response, 200, asked.length === 1 ? reports('b', 'a') : []);
  });
  const ended = new RemoteReports(new Control({ url }), 'a b');
  await ended.all({});
  await ended.all({});
  t.deepEqual(asked, ['a b null', 'a b b']);
});
