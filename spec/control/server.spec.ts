import test from 'ava';
import { controlApi } from '../../lib/control/api.js';
import { healthRoute } from '../../lib/control/routes/health.js';
import { ControlServer } from '../../lib/control/server.js';
import { startServer } from '../support/server.js';
import { UNLIMITED } from '../support/unlimited.js';
import { dialWire } from '../support/wire.js';
import { within } from '../support/within.js';
import { WORKING } from '../support/working-outputs.js';

const api = controlApi([healthRoute(() => ({ proxies: [], outputs: WORKING, limits: UNLIMITED }))]);

test('port 0 picks a free port, which is in the URL', async (t) => {
  const server = new ControlServer(api);
  t.teardown(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.is((await fetch(`${url}/healthz`)).status, 200);
});

test('closing does not wait for idle connections', async (t) => {
  const server = new ControlServer(api);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const client = await dialWire(t, { host: '127.0.0.1', port: Number(url.split(':').at(-1)) });
  await client.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await client.octets(10);
  const idle = await dialWire(t, { host: '127.0.0.1', port: Number(url.split(':').at(-1)) });
  await within(server.close(), 'the end of the server');
  await Promise.all([client.ended, idle.ended]);
  await t.throwsAsync(fetch(`${url}/healthz`));
  await t.notThrowsAsync(server.close());
});

test('listening on a port in use fails with its error code', async (t) => {
  const { port } = await startServer(t, () => {});
  await t.throwsAsync(new ControlServer(api).listen({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' });
});
