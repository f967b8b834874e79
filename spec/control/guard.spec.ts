import test from 'ava';
import { Hono } from 'hono';
import { type GuardOptions, guard } from '../../lib/control/guard.js';

const OPEN: GuardOptions = { token: null, allowedHosts: [], isLoopback: true };
const PAGE = { Accept: 'text/html,*/*;q=0.8' };
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
  ['a request to localhost', {}, '/reports', { Host: 'localhost:8474' }, 200],
  ['a request to an IPv6 address', {}, '/reports', { Host: '[::1]:8474' }, 200],
  ['a request to a name', {}, '/reports', { Host: 'evil.example' }, 403],
  ['a request to a name that looks like localhost', {}, '/reports', { Host: 'localhost.evil.example' }, 403],
  ['a request to an allowed name', { allowedHosts: ['Snare'] }, '/reports', { Host: 'snare:8474' }, 200],
  [
    'a request to a name, not on the loopback interface',
    { isLoopback: false },
    '/reports',
    { Host: 'snare:8474' },
    200,
  ],
  ['a request to an address of another machine', {}, '/reports', { Host: '10.1.2.3:8474' }, 200],
  ['a request to a name that begins with an address', {}, '/reports', { Host: '127.0.0.1.evil.example:8474' }, 403],
  ['a request to two hosts', {}, '/reports', { Host: 'localhost, evil.example' }, 403],
  ['a request to a host in brackets that is not an address', {}, '/reports', { Host: '[evil.example]' }, 403],
  ['a changing request of our own page', {}, '/faults', { Origin: 'http://127.0.0.1:8474' }, 200, 'POST'],
  ['a changing request of another page', {}, '/faults', { Origin: 'http://evil.example' }, 403, 'POST'],
  ['a changing request of a page without an origin', {}, '/faults', { Origin: 'null' }, 403, 'DELETE'],
  ['a changing request across sites', {}, '/faults', { 'Sec-Fetch-Site': 'cross-site' }, 403, 'POST'],
  ['a changing request of a page on another port', {}, '/faults', { Origin: 'http://127.0.0.1:3000' }, 403, 'POST'],
  ['a preflight request of another page', {}, '/faults', { Origin: 'http://evil.example' }, 403, 'OPTIONS'],
  [
    'a changing request of another page, not on the loopback interface',
    { isLoopback: false },
    '/faults',
    { Host: 'snare:8474', Origin: 'http://evil.example' },
    403,
    'PUT',
  ],
  [
    'a changing request of our own page, not on the loopback interface',
    { isLoopback: false },
    '/faults',
    { Host: 'snare:80', Origin: 'http://snare:80' },
    200,
    'PUT',
  ],
  ['a reading request of another page', {}, '/reports', { Origin: 'http://evil.example' }, 200],
  ['a browser on a path of Toxiproxy', {}, '/proxies', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser on a toxic', {}, '/proxies/a/toxics/b', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser on an encoded path of Toxiproxy', {}, '/%70roxies', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser with the token', { token: 'secret' }, '/reset', { ...TOKEN, 'User-Agent': 'Mozilla/5.0' }, 403, 'POST'],
  ['a browser without the token', { token: 'secret' }, '/version', { 'User-Agent': 'Mozilla/5.0' }, 403],
  ['a browser on a path with a similar beginning', {}, '/versions', { 'User-Agent': 'Mozilla/5.0' }, 200],
  ['a browser whose User-Agent is in lower case', {}, '/proxies', { 'User-Agent': 'mozilla/5.0' }, 200],
  ['a browser on a path of rabbit-snare', {}, '/reports', { 'User-Agent': 'Mozilla/5.0' }, 200],
  ['a request without the token', { token: 'secret' }, '/reports', {}, 401],
  ['a request with a wrong token', { token: 'secret' }, '/reports', { Authorization: 'Bearer secre' }, 401],
  ['a request with another scheme', { token: 'secret' }, '/reports', { Authorization: 'Basic secret' }, 401],
  ['a request with the token', { token: 'secret' }, '/reports', TOKEN, 200],
  [
    'a request with the token and its scheme in lower case',
    { token: 'secret' },
    '/reports',
    { Authorization: 'bearer secret' },
    200,
  ],
  [
    'a request with more than the token',
    { token: 'secret' },
    '/reports',
    { Authorization: 'Bearer secret, Bearer x' },
    401,
  ],
  ['a request with an empty token', { token: 'secret' }, '/reports', { Authorization: 'Bearer ' }, 401],
  ['a request with the token in its path', { token: 'secret' }, '/reports?token=secret', {}, 401],
  ['a health check without the token', { token: 'secret' }, '/healthz', {}, 200],
  ['a change of the health check without the token', { token: 'secret' }, '/healthz', {}, 401, 'POST'],
  ['the page without the token', { token: 'secret' }, '/', PAGE, 200],
  ['a HEAD of the page without the token', { token: 'secret' }, '/', PAGE, 200, 'HEAD'],
  ['a script on the path of the page without the token', { token: 'secret' }, '/', { Accept: '*/*' }, 401],
  ['a change on the path of the page without the token', { token: 'secret' }, '/', PAGE, 401, 'POST'],
  ['the page by a name', {}, '/', { ...PAGE, Host: 'evil.example' }, 403],
  ['a file of the page without the token', { token: 'secret' }, '/dashboard/main.js', {}, 200],
  ['a change of a file of the page without the token', { token: 'secret' }, '/dashboard/main.js', {}, 401, 'DELETE'],
  ['a folder below the page without the token', { token: 'secret' }, '/dashboard/x/y', {}, 401],
  ['a file of the page by a name', {}, '/dashboard/main.js', { Host: 'evil.example' }, 403],
  ['the overview without the token', { token: 'secret' }, '/overview', PAGE, 401],
  ['a browser on the overview', {}, '/overview', { 'User-Agent': 'Mozilla/5.0' }, 200],
  ['a browser on a proxy of the overview', {}, '/overview/proxies/a', { 'User-Agent': 'Mozilla/5.0' }, 200, 'PATCH'],
  ['a switch of a proxy by another page', {}, '/overview/proxies/a', { Origin: 'http://evil.example' }, 403, 'PATCH'],
  ['a health check by a name', { token: 'secret' }, '/healthz', { Host: 'evil.example' }, 403],
] as const satisfies [string, Partial<GuardOptions>, string, Record<string, string>, number, string?][]) {
  test(`${what} is ${status === 200 ? 'allowed' : `rejected with ${status}`}`, async (t) => {
    const answer = await ask(options, path, headers, method);
    const text = await answer.text();
    t.is(answer.status, status);
    t.is(text === (method === 'HEAD' ? '' : 'in'), status === 200);
    t.false(text.includes('secre'), 'the response does not contain the token');
    if (status === 401) t.is(answer.headers.get('WWW-Authenticate'), 'Bearer');
  });
}

test("a browser receives Toxiproxy's own text", async (t) => {
  const answer = await ask({}, '/proxies', { 'User-Agent': 'Mozilla/5.0' });
  t.is(await answer.text(), 'User agent not allowed\n');
  t.is(answer.headers.get('Content-Type'), 'text/plain; charset=utf-8');
  t.is(answer.headers.get('X-Content-Type-Options'), 'nosniff');
});

test('other rejections are JSON; for a host, the error names the host and the setting', async (t) => {
  const { error, status } = (await (await ask({}, '/', { Host: 'evil.example' })).json()) as Record<string, unknown>;
  t.is(status, 403);
  t.regex(String(error), /"evil\.example".*control\.allowedHosts/);
  t.like(await (await ask({ token: 'secret' }, '/', {})).json(), { status: 401 });
});

test('a request without a host is allowed, because browsers always send one', async (t) => {
  t.is((await guarded({}).request('/reports')).status, 200);
});
