import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { startControl } from '../../support/control.js';
import { listening, makeInstance } from '../../support/instance.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

test('reports are returned newest first, can be filtered, and can be waited for', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const to = listening(instance.proxies.all[0]?.listen);
  const send = async (text: string): Promise<void> => {
    const wire = await dialWire(t, to);
    await wire.send(text);
    await wire.how();
  };
  const waiting = call('GET', '/reports?reason=bad_version&wait=10s');
  await send('amqp0091');
  await send('AMQP0091');
  const [second] = (await waiting).body;
  t.like(second, { reason: { name: 'bad_version' }, proxy: 'amqp' });
  const { body: both } = await call('GET', '/reports');
  t.deepEqual(
    both.map(({ reason }: { reason: { name: string } }) => reason.name),
    ['bad_version', 'bad_header'],
  );
  const ids = async (query: string) =>
    (await call('GET', `/reports?${query}`)).body.map(({ id }: { id: string }) => id);
  t.deepEqual(await ids('reason=bad_header'), [both[1].id]);
  t.deepEqual(await ids(`since=${both[1].id}`), [both[0].id]);
  t.deepEqual(await ids('limit=1'), [both[0].id]);
  t.deepEqual(await ids(`client=${both[1].client}`), [both[1].id]);
  t.deepEqual(await ids('client=127.0.0.1'), [both[0].id, both[1].id]);
  t.deepEqual(await ids('proxy=other'), []);
  t.deepEqual(await ids('healthCheck=true&wait=20ms'), []);
});

test('the reports that are returned are, byte for byte, the lines of the reports file', async (t) => {
  const { instance, readyFile, reports } = makeInstance(t, `${CONFIG}\ncontrol: 127.0.0.1:0`);
  const { control } = await instance.start();
  for (const text of ['amqp0091', 'AMQP0091', '"\\\n\xff    ']) {
    const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
    await wire.send(text);
    await wire.how();
  }
  await reports(3);
  const body = await (await fetch(`${control}/reports`)).text();
  const lines = readFileSync(join(dirname(readyFile), 'reports.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1);
  t.is(body, `[${lines.reverse().join(',')}]`);
});

test('an invalid query is rejected with its key, the rule and the value', async (t) => {
  const { call } = await startControl(t, CONFIG);
  for (const [query, error] of [
    ['limit=x', /^limit must be a whole number up to 100000, not "x"$/],
    ['wait=5', /^wait must be a duration with a unit/],
    ['wait=1h', /^wait must be .* up to 30s, not "1h"$/],
    ['since=yesterday', /^since: must be the id of a report/],
    ['decision=maybe', /^decision must be one of forward, refuse, fault, none, not "maybe"$/],
    ['healthCheck=1', /^healthCheck must be true or false, not "1"$/],
  ] as const) {
    const { status, body } = await call('GET', `/reports?${query}`);
    t.is(status, 400, query);
    t.regex(body.error, error);
  }
});
