import test, { type ExecutionContext } from 'ava';
import { callsTo, startToxiproxy } from '../../support/toxiproxy.js';
import { dialWire } from '../../support/wire.js';

/** Nothing connects to it: the API only stores and returns this address. */
const UPSTREAM = '127.0.0.1:9';

/** A proxy `p` with a toxic `l`. `ask` sends a request with the path and the method as they are. */
async function start(t: ExecutionContext) {
  const { url } = await startToxiproxy(t);
  const call = callsTo(url);
  await call('POST', '/proxies', { name: 'p', upstream: UPSTREAM, enabled: false });
  await call('POST', '/proxies/p/toxics', { name: 'l', type: 'noop' });
  const { hostname: host, port } = new URL(url);
  const ask = async (method: string, path: string, headers = ''): Promise<string> => {
    const wire = await dialWire(t, { host, port: Number(port) });
    const request = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}`;
    await wire.send(`${request}Content-Length: 17\r\n\r\n{"enabled": true}`);
    await wire.ended;
    return wire.received.toString();
  };
  return { call, ask };
}

for (const [path, location] of [
  ['/proxies/./p', '/proxies/p'],
  ['/proxies/x/../p', '/proxies/p'],
  ['/proxies/%2e/p', '/proxies/p'],
  ['/proxies/x/%2E%2e/p', '/proxies/p'],
  ['/proxies/x/.%2E/p?x=/../y', '/proxies/p'],
  ['/proxies//p', '/proxies/p'],
  ['/./proxies/p/toxics/l', '/proxies/p/toxics/l'],
  ['/proxies/p/toxics/./l', '/proxies/p/toxics/l'],
  ['/proxies/p/toxics/x/../l', '/proxies/p/toxics/l'],
  ['/proxies/p/toxics/..', '/proxies/p'],
  ['/proxies/p/toxics/%2e', '/proxies/p/toxics'],
  ['/../../proxies/p', '/proxies/p'],
  ['/proxies/x/../p/', '/proxies/p/'],
  ['/x/..', '/'],
  ['http://localhost/proxies/../proxies/p', '/proxies/p'],
] as const) {
  test(`${path} is redirected to ${location} and does nothing`, async (t) => {
    const { call, ask } = await start(t);
    const before = (await call('GET', '/proxies')).body;
    for (const method of ['GET', 'DELETE', 'PATCH', 'POST', 'OPTIONS']) {
      const answer = await ask(method, path);
      t.regex(answer, /^HTTP\/1\.1 301 /, method);
      t.is(/^location: (.*)\r$/im.exec(answer)?.[1], location);
    }
    t.is((await call('GET', '/proxies')).body, before);
  });
}

for (const path of ['/populate/../reset', '/x/../reset', '/x/%2e%2e/reset']) {
  test(`${path} does not reset`, async (t) => {
    const { call, ask } = await start(t);
    t.regex(await ask('POST', path), /^HTTP\/1\.1 301 /);
    t.like((await call('GET', '/proxies/p')).json, { enabled: false, toxics: [{ name: 'l' }] });
  });
}

test('names with dots and percent-encoded slashes can be addressed', async (t) => {
  const { call } = await start(t);
  for (const name of ['...', '.p', 'p..', 'a/b', 'a/../b', '%2e']) {
    await call('POST', '/proxies', { name, upstream: UPSTREAM, enabled: false });
    const path = `/proxies/${encodeURIComponent(name)}`;
    t.is((await call('GET', path)).json?.name, name, path);
    t.is((await call('DELETE', path)).status, 204);
  }
});

for (const [path, status] of [
  ['/proxies', 405],
  ['/proxies/p', 405],
  ['/proxies/p/toxics/l', 405],
  ['/reset', 405],
  ['/version', 405],
  ['/nothing', 404],
  ['/proxies/../reset', 301],
  ['/metrics', 200],
] as const) {
  test(`CONNECT ${path} is answered with ${status}`, async (t) => {
    const { ask } = await start(t);
    t.regex(await ask('CONNECT', path), new RegExp(`^HTTP/1\\.1 ${status} `));
  });
}

for (const method of ['OPTIONS', 'HEAD', 'PUT', 'TRACE']) {
  test(`${method} is not allowed on a path of proxies`, async (t) => {
    const { ask } = await start(t);
    for (const path of ['/proxies', '/proxies/p', '/proxies/p/toxics', '/proxies/p/toxics/l', '/populate', '/reset'])
      t.regex(await ask(method, path), /^HTTP\/1\.1 405 /, path);
  });
}

test('every method returns the metrics, including requests from a browser', async (t) => {
  const { ask } = await start(t);
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
    const answer = await ask(method, '/metrics', 'User-Agent: Mozilla/5.0\r\n');
    t.regex(answer, /^HTTP\/1\.1 200 /, method);
    t.is(/^# HELP rabbit_snare/m.test(answer), method !== 'HEAD', method);
  }
});
