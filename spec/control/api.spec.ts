import test from 'ava';
import { controlApi, type Status } from '../../lib/control/api.js';

const status: Status = {
  proxies: [{ name: 'amqp', listen: '127.0.0.1:5673', upstream: '127.0.0.1:5672', learned: null }],
};

test('/healthz is 503 until every listener is open, and then 200 with what is open', async (t) => {
  let now: Status | null = null;
  const api = controlApi(() => now);
  const starting = await api.request('/healthz');
  t.is(starting.status, 503);
  t.deepEqual(await starting.json(), { status: 'starting' });
  now = status;
  const ready = await api.request('/healthz');
  t.is(ready.status, 200);
  t.deepEqual(await ready.json(), { status: 'ok', ...status });
});

test('a path that does not exist is 404, in JSON', async (t) => {
  const answer = await controlApi(() => status).request('/no-such-path');
  t.is(answer.status, 404);
  t.deepEqual(await answer.json(), { error: 'no such path: /no-such-path' });
});
