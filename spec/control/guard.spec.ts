import test from 'ava';
import { Hono } from 'hono';
import { type GuardOptions, guard } from '../../lib/control/guard.js';

const OPEN: GuardOptions = { token: null, allowedHosts: [], isLoopback: true };
const TOKEN = { Authorization: 'Bearer secret' };

function guarded(options: Partial<GuardOptions>): Hono {
  const api = new Hono();
  const judge = guard({ ...OPEN, ...options });
  api.use(async ({ req }, next) => judge(req) ?? (await next()));
  api.all('*', (context) => context.text('in'));
  return api;
}

const ask = async (options: Partial<GuardOptions>, path: string, headers: Record<string, string>, method = 'GET') =>
  guarded(options).request(path, { method, headers: { Host: '127.0.0.1:8474', ...headers } });

for (const [what, options, path, headers, status, method] of [
  ['a request to an address', {}, '/reports', {}, 200],
  ['one to localhost', {}, '/reports', { Host: 'localhost:8474' }, 200],
  ['one to an IPv6 address', {}, '/reports', { Host: '[::1]:8474' }, 200],
  ['one to a name', {}, '/reports', { Host: 'evil.example' }, 403],
  ['one to a name that looks like localhost', {}, '/reports', { Host: 'localhost.evil.example' }, 403],
  ['one to an allowed name', { allowedHosts: ['Snare'] }, '/reports', { Host: 'snare:8474' }, 200],
  ['one to a name, not on the loopback interface', { isLoopback: false }, '/reports', { Host: 'snare:8474' }, 200],
  ['a changing request of our own page', {}, '/faults', { Origin: 'http://127.0.0.1:8474' }, 200, 'POST'],
  ['a changing request of another page', {}, '/faults', { Origin: 'http://evil.example' }, 403, 'POST'],
  ['a changing request of a page without an origin', {}, '/faults', { Origin: 'null' }, 403, 'DELETE'],
  ['a changing request across sites', {}, '/faults', { 'Sec-Fetch-Site': 'cross-site' }, 403, 'POST'],
  ['a reading request of another page', {}, '/reports', { Origin: 'http://evil.example' }, 200],
  ['a browser on a path of Toxiproxy', {}, '/proxies', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser on a toxic', {}, '/proxies/a/toxics/b', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser in lower case', {}, '/proxies', { 'User-Agent': 'mozilla/5.0' }, 200],
  ['a browser on a path of ours', {}, '/reports', { 'User-Agent': 'Mozilla/5.0' }, 200],
  ['a request without the token', { token: 'secret' }, '/reports', {}, 401],
  ['one with a wrong token', { token: 'secret' }, '/reports', { Authorization: 'Bearer secre' }, 401],
  ['one with another scheme', { token: 'secret' }, '/reports', { Authorization: 'Basic secret' }, 401],
  ['one with the token', { token: 'secret' }, '/reports', TOKEN, 200],
  ['a health check without the token', { token: 'secret' }, '/healthz', {}, 200],
] as const satisfies [string, Partial<GuardOptions>, string, Record<string, string>, number, string?][]) {
  test(`${what} is ${status === 200 ? 'let in' : `answered with ${status}`}`, async (t) => {
    const answer = await ask(options, path, headers, method);
    const text = await answer.text();
    t.is(answer.status, status);
    t.is(text === 'in', status === 200);
    t.false(text.includes('secre'), 'no token is told');
    if (status === 401) t.is(answer.headers.get('WWW-Authenticate'), 'Bearer');
  });
}
