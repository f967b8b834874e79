import { rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { controlApi } from '../../../lib/control/api.js';
import { guard } from '../../../lib/control/guard.js';
import { dashboardRoutes } from '../../../lib/control/routes/dashboard.js';
import { startApi } from '../../support/control.js';
import { temporaryDirectory } from '../../support/program.js';

const BROWSER = { Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const SECURITY = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
const HTML = '<script type="module" src="dashboard/main.js"></script>';

/** An API with a page, which a token protects. */
function start(t: ExecutionContext, { token = null }: { readonly token?: string | null } = {}) {
  const folder = temporaryDirectory(t);
  const build = (script: string): void => {
    writeFileSync(`${folder}/index.html`, HTML);
    writeFileSync(`${folder}/main.js`, script);
    writeFileSync(`${folder}/style.css`, 'p {}');
  };
  build('let a;');
  const begin = () =>
    controlApi(dashboardRoutes(pathToFileURL(`${folder}/`)), {
      guard: guard({ token, allowedHosts: [], isLoopback: true }),
    });
  const api = begin();
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET', to = api) =>
    to.request(path, { method, headers: { Host: '127.0.0.1:8474', ...headers } });
  return { folder, build, begin, ask };
}

const scriptIn = (html: string): string => /src="(dashboard\/main\.js\?v=\w+)"/.exec(html)?.[1] ?? 'none';

test('a browser receives the page, with a policy that allows only its own files', async (t) => {
  const { ask } = start(t);
  const page = await ask('/', BROWSER);
  t.is(page.status, 200);
  const headers = Object.fromEntries(page.headers);
  t.like(headers, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-cache',
    vary: 'Accept',
    ...SECURITY,
  });
  t.regex(await page.text(), /dashboard\/main\.js\?v=/);
});

test('the files of the page have their types, are kept for good under their version, and are checked without it', async (t) => {
  const { ask } = start(t);
  const script = await ask(`/${scriptIn(await (await ask('/', BROWSER)).text())}`);
  t.is(await script.text(), 'let a;');
  t.like(Object.fromEntries(script.headers), {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'max-age=31536000, immutable',
    ...SECURITY,
  });
  const style = await ask('/dashboard/style.css');
  t.like(Object.fromEntries(style.headers), { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-cache' });
});

test('what a browser has already is not sent again, and keeps its headers', async (t) => {
  const { ask } = start(t);
  for (const path of ['/', '/dashboard/main.js']) {
    const tag = (await ask(path, BROWSER)).headers.get('ETag') ?? '';
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`]) {
      const again = await ask(path, { ...BROWSER, 'If-None-Match': known });
      t.is(again.status, 304);
      t.is(await again.text(), '');
      t.like(Object.fromEntries(again.headers), { etag: tag, 'cache-control': 'no-cache', ...SECURITY });
      if (path === '/') t.is(again.headers.get('Content-Security-Policy'), POLICY);
    }
    t.is((await ask(path, { ...BROWSER, 'If-None-Match': '"x"' })).status, 200);
  }
});

test('a page of an old version does not receive files of the new one', async (t) => {
  const { ask, build, begin } = start(t);
  const old = await (await ask('/', BROWSER)).text();
  build('let b;');
  t.is(await (await ask(`/${scriptIn(old)}`)).text(), 'let a;', 'it is served from memory');
  const next = begin();
  const mixed = await ask(`/${scriptIn(old)}`, {}, 'GET', next);
  t.is(mixed.status, 404);
  t.regex(await mixed.text(), /another version.*reload/);
  const page = await (await ask('/', BROWSER, 'GET', next)).text();
  t.is(await (await ask(`/${scriptIn(page)}`, {}, 'GET', next)).text(), 'let b;');
});

for (const [what, method, headers] of [
  ['a script', 'GET', { Accept: '*/*' }],
  ['a client without Accept', 'GET', {}],
  ['a client of JSON', 'GET', { Accept: 'application/json' }],
  ['a HEAD of a script', 'HEAD', { Accept: '*/*' }],
  ['a POST of a browser', 'POST', BROWSER],
  ['a DELETE', 'DELETE', {}],
] as const satisfies [string, string, Record<string, string>][]) {
  test(`${what} receives the answer of a path that does not exist`, async (t) => {
    const { ask } = start(t);
    const [root, unknown] = [await ask('/', headers, method), await ask('/no-such-path', headers, method)];
    t.is(root.status, 404);
    t.deepEqual(Object.fromEntries(root.headers), Object.fromEntries(unknown.headers));
    const text = await root.text();
    t.is(text, await unknown.text());
    t.is(text, method === 'HEAD' ? '' : '404 page not found\n');
  });
}

test('HEAD has the headers of GET and no body', async (t) => {
  const { ask } = start(t);
  for (const path of ['/', '/dashboard/main.js']) {
    const [head, get] = [await ask(path, BROWSER, 'HEAD'), await ask(path, BROWSER)];
    t.is(head.status, 200);
    t.is(await head.text(), '');
    for (const name of ['ETag', 'Content-Type', 'Content-Security-Policy', 'Cache-Control']) {
      t.is(head.headers.get(name), get.headers.get(name), name);
    }
  }
  t.is((await ask('/dashboard/main.js', {}, 'POST')).headers.get('Allow'), 'GET, HEAD');
});

test('only the files of the page are served', async (t) => {
  const { ask } = start(t);
  for (const name of ['index.html', 'nothing.js', 'main.js.map', '..%2f..%2fpackage.json', '%2e%2e%2fmain.js', '']) {
    const answer = await ask(`/dashboard/${name}`, BROWSER);
    t.true([301, 404].includes(answer.status), `${name}: ${answer.status}`);
    t.notRegex(await answer.text(), /let a;|script/);
  }
});

test('page and files need no token, and nothing else is served without it', async (t) => {
  const { ask } = start(t, { token: 'secret' });
  t.is((await ask('/', BROWSER)).status, 200);
  t.is((await ask('/dashboard/main.js')).status, 200);
  t.is((await ask('/', { Accept: '*/*' })).status, 401);
  t.is((await ask('/', BROWSER, 'POST')).status, 401);
  t.is((await ask('/dashboard/main.js', {}, 'POST')).status, 401);
  t.is((await ask('/openapi.json', BROWSER)).status, 401);
});

test('a page of another host name is rejected', async (t) => {
  const { ask } = start(t);
  for (const path of ['/', '/dashboard/main.js']) {
    t.is((await ask(path, { ...BROWSER, Host: 'evil.example' })).status, 403);
  }
});

test('a build without the page says so, and serves it once it is there', async (t) => {
  const { ask, folder, build } = start(t);
  rmSync(`${folder}/index.html`);
  const missing = await ask('/', BROWSER);
  t.is(missing.status, 404);
  t.regex(await missing.text(), /no dashboard.*npm run build/);
  t.is((await ask('/dashboard/main.js')).status, 404);
  build('let a;');
  t.is((await ask('/', BROWSER)).status, 200);
});

test('the program serves its dashboard over HTTP', async (t) => {
  const { url } = await startApi(t);
  const page = await fetch(url, { headers: BROWSER });
  t.is(page.status, 200);
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="(dashboard\/[^"]+)"/g)].map(([, file]) => file);
  t.is(files.length, 2);
  for (const file of files) t.is((await fetch(`${url}/${file}`)).status, 200, file);
  const script = await fetch(url);
  t.deepEqual([script.status, await script.text()], [404, '404 page not found\n']);
});
