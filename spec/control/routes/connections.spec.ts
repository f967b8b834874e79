import test from 'ava';
import { openAmqp } from '../../support/amqp-wire.js';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { until } from '../../support/rabbitmq/until.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';

test('an open connection is listed, and ends with a Close 320 on request', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const to = listening(instance.proxies.all[0]?.listen);
  const amqp = await openAmqp(t, to);
  const open = await until(async () => {
    const { body } = await call('GET', '/connections');
    return body[0]?.stage === 'running' && body;
  }, 5_000);
  t.is(open.length, 1);
  t.like(open[0], { proxy: 'amqp', upstream: 'stand-in', handshake: { user: 'guest', vhost: '/' } });
  t.deepEqual((await call('GET', '/connections?proxy=other')).body, []);
  t.is((await call('DELETE', `/connections/${open[0].id}?close=320`)).status, 204);
  const close = await amqp.next('connection.close');
  t.like(close, { replyCode: 320, replyText: 'CONNECTION_FORCED - closed on request' });
});

for (const close of ['rst', 'fin'] as const) {
  test(`a client sees ${close} on request`, async (t) => {
    const { call, instance } = await startControl(t, CONFIG);
    const wire = await dialWire(t, listening(instance.proxies.all[0]?.listen));
    const [{ id }] = await until(async () => {
      const { body } = await call('GET', '/connections');
      return body.length === 1 && body;
    }, 5_000);
    t.is((await call('DELETE', `/connections/${id}?close=320`)).status, 400);
    t.is((await call('DELETE', `/connections/${id}${close === 'rst' ? '' : '?close=fin'}`)).status, 204);
    t.is(await wire.how(), close);
  });
}

test('open connections are listed by stage, and up to a limit, oldest first', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const to = listening(instance.proxies.all[0]?.listen);
  for (const count of [1, 2, 3]) {
    await dialWire(t, to);
    await until(async () => (await call('GET', '/connections')).body.length === count, 20_000);
  }
  await openAmqp(t, to);
  const idsOf = async (query: string): Promise<string[]> =>
    (await call('GET', `/connections?${query}`)).body.map(({ id }: { id: string }) => id);
  await until(async () => (await idsOf('stage=running')).length === 1, 20_000);
  const all = await idsOf('');
  t.is(all.length, 4);
  t.deepEqual(await idsOf('stage=header'), all.slice(0, 3));
  t.deepEqual(await idsOf('stage=running'), all.slice(3));
  t.deepEqual(await idsOf('stage=closing'), []);
  t.deepEqual(await idsOf('limit=2'), all.slice(0, 2));
  t.deepEqual(await idsOf('limit=0'), []);
  t.deepEqual(await idsOf('limit=99'), all);
  t.deepEqual(await idsOf('stage=header&limit=1&proxy=amqp'), all.slice(0, 1));
});

for (const [query, error] of [
  ['limit=-1', 'limit must be a whole number, not "-1"'],
  ['limit=1.5', 'limit must be a whole number, not "1.5"'],
  ['limit=', 'limit must be a whole number, not ""'],
  ['limit=ten', 'limit must be a whole number, not "ten"'],
  [
    'stage=open',
    'stage must be one of header, starting, securing, tuning, opening, running, closing, closed, not "open"',
  ],
] as const) {
  test(`connections with ${query} are rejected`, async (t) => {
    const { call } = await startControl(t, CONFIG);
    const { status, body } = await call('GET', `/connections?${query}`);
    t.is(status, 400);
    t.deepEqual(body, { error, status: 400 });
  });
}

test('an unknown close or connection is rejected', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const wrong = await call('DELETE', '/connections/x?close=bye');
  t.deepEqual(wrong.body, { error: 'close must be one of rst, fin, 320, not "bye"', status: 400 });
  t.is((await call('DELETE', '/connections/x')).status, 404);
});
