import test from 'ava';
import * as z from 'zod';
import { controlApi } from '../../lib/control/api.js';
import { ApiError } from '../../lib/control/api-error.js';
import type { Route } from '../../lib/control/route.js';
import { healthRoute, type Status } from '../../lib/control/routes/health.js';
import { ConfigError } from '../../lib/errors.js';
import { UNLIMITED } from '../support/unlimited.js';
import { WORKING } from '../support/working-outputs.js';

const status: Status = {
  proxies: [{ name: 'amqp', listen: '127.0.0.1:5673', upstream: '127.0.0.1:5672', learned: null }],
  outputs: WORKING,
  limits: UNLIMITED,
};
const throwing = (path: string, error: Error): Route => ({
  method: 'GET',
  path,
  summary: 'Fails.',
  answers: { 200: z.object({}) },
  handle: () => {
    throw error;
  },
});

test('/healthz is 503 until every listener is open, and then 200 with the open listeners', async (t) => {
  let now: Status | null = null;
  const api = controlApi([healthRoute(() => now)]);
  const starting = await api.request('/healthz');
  t.is(starting.status, 503);
  t.deepEqual(await starting.json(), { status: 'starting' });
  now = status;
  const ready = await api.request('/healthz');
  t.is(ready.status, 200);
  t.deepEqual(await ready.json(), { status: 'ok', ...status });
});

test('a path that does not exist is a 404, and a path with two slashes is redirected', async (t) => {
  const api = controlApi([healthRoute(() => status)]);
  const answer = await api.request('/no-such-path');
  t.is(answer.status, 404);
  t.is(await answer.text(), '404 page not found\n');
  t.is(answer.headers.get('X-Toxiproxy-Request-Id'), null);
  const moved = await api.request('http://localhost//healthz');
  t.deepEqual([moved.status, moved.headers.get('Location')], [301, '/healthz']);
});

test('an unsupported method, including HEAD and OPTIONS, is a 405 that lists the allowed methods', async (t) => {
  const api = controlApi([healthRoute(() => status)]);
  for (const method of ['PUT', 'POST', 'HEAD', 'OPTIONS', 'PURGE']) {
    const answer = await api.request('/healthz', { method });
    t.deepEqual([answer.status, answer.headers.get('Allow'), await answer.text()], [405, 'GET', ''], method);
  }
});

test('errors are JSON with their status, and internal errors are reported', async (t) => {
  const failed: Error[] = [];
  const api = controlApi(
    [
      throwing('/gone', new ApiError(404, 'proxy not found')),
      throwing('/wrong', new ConfigError('code must be 320, not 5')),
      throwing('/defect', new TypeError('x is undefined')),
    ],
    { failed: (error) => failed.push(error) },
  );
  for (const [path, code, error] of [
    ['/gone', 404, 'proxy not found'],
    ['/wrong', 400, 'code must be 320, not 5'],
    ['/defect', 500, 'x is undefined'],
  ] as const) {
    const answer = await api.request(path);
    t.is(answer.status, code);
    t.deepEqual(await answer.json(), { error, status: code });
    t.regex(answer.headers.get('X-Toxiproxy-Request-Id') ?? '', /^[0-9a-f]{20}$/);
  }
  t.deepEqual(
    failed.map(({ message }) => message),
    ['x is undefined'],
  );
});
