import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { type Api, loadedLater, requestListener } from '../../lib/control/request-listener.js';

/** Serves an API, and returns a function that asks it for a path. */
async function serve(t: ExecutionContext, api: Api): Promise<(path: string) => Promise<Response>> {
  const server = createServer(requestListener(api)).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return (path) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
}

const echo: Api = { fetch: (request) => new Response(new URL(request.url).pathname) };

test('an API is loaded for the first request, and once', async (t) => {
  let loaded = 0;
  const ask = await serve(
    t,
    loadedLater(async () => {
      loaded += 1;
      return echo;
    }),
  );
  t.is(loaded, 0);
  const answers = await Promise.all(['/a', '/b', '/c'].map(async (path) => (await ask(path)).text()));
  t.deepEqual(answers, ['/a', '/b', '/c']);
  t.is(await (await ask('/d')).text(), '/d');
  t.is(loaded, 1);
});

test('after a failure to load it, the next request loads it again', async (t) => {
  let loaded = 0;
  const api = loadedLater(async () => {
    loaded += 1;
    if (loaded === 1) throw new Error('no descriptor is left');
    return echo;
  });
  const request = new Request('http://127.0.0.1/a');
  await t.throwsAsync(async () => api.fetch(request), { message: 'no descriptor is left' });
  t.is(await (await api.fetch(request)).text(), '/a');
});
