import { EventEmitter, once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { controlApi } from '../../lib/control/api.js';
import { guard } from '../../lib/control/guard.js';
import type { Route } from '../../lib/control/route.js';
import { healthRoute } from '../../lib/control/routes/health.js';
import { ControlServer } from '../../lib/control/server.js';
import type { Listening } from '../support/server.js';
import { UNLIMITED } from '../support/unlimited.js';
import { dialWire, type Wire } from '../support/wire.js';
import { within } from '../support/within.js';
import { WORKING } from '../support/working-outputs.js';

const MIB = 1_048_576;
const TOKEN = 'Authorization: Bearer secret\r\n';

/** Returns the length of the body. */
const measure: Route = {
  method: 'POST',
  path: '/measure',
  summary: 'Measures.',
  answers: { 200: 'application/json' },
  handle: async (context) => context.json((await context.req.text()).length),
};
const api = controlApi([healthRoute(() => ({ proxies: [], outputs: WORKING, limits: UNLIMITED })), measure], {
  guard: guard({ token: 'secret', allowedHosts: [], isLoopback: true }),
});

async function start(t: ExecutionContext, server = new ControlServer(api)): Promise<Listening> {
  t.teardown(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { host: '127.0.0.1', port: Number(url.split(':').at(-1)) };
}

async function ask(t: ExecutionContext, target: Listening, ...parts: readonly string[]): Promise<Wire> {
  const wire = await dialWire(t, target);
  for (const part of parts) await wire.send(part);
  return wire;
}

const statusOf = async (wire: Wire): Promise<number> => Number((await wire.octets(12)).toString('latin1', 9, 12));

for (const [what, request, status] of [
  ['a request that is not HTTP', '\x16\x03\x01\x00\x05hello\r\n\r\n', 400],
  ['an AMQP protocol header', 'AMQP\x00\x00\x09\x01\r\n\r\n', 400],
  [
    'a request with two lengths',
    `POST /measure HTTP/1.1\r\nHost: localhost\r\n${TOKEN}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    400,
  ],
  [
    'a chunk without a length',
    `POST /measure HTTP/1.1\r\nHost: localhost\r\n${TOKEN}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
    400,
  ],
  ['an invalid host', 'GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['HTTP/1.1 without a host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['HTTP/1.0 without a host', 'GET /healthz HTTP/1.0\r\n\r\n', 200],
  ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', 403],
  ['a foreign host name', 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n', 403],
  ['headers of more than 16 KiB', `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
] as const) {
  test(`${what} is answered with ${status}, and other requests are served`, async (t) => {
    const target = await start(t);
    t.is(await statusOf(await ask(t, target, request)), status);
    t.is(await statusOf(await ask(t, target, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')), 200);
  });
}

for (const [length, status] of [
  [MIB, 200],
  [MIB + 1, 413],
] as const) {
  const head = `POST /measure HTTP/1.1\r\nHost: localhost\r\n${TOKEN}`;
  test(`a body of ${length} bytes is answered with ${status}, with a length or in chunks`, async (t) => {
    const target = await start(t);
    const body = 'x'.repeat(length);
    t.is(await statusOf(await ask(t, target, `${head}Content-Length: ${length}\r\n\r\n`, body)), status);
    const chunks = `${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    t.is(await statusOf(await ask(t, target, `${head}Transfer-Encoding: chunked\r\n\r\n`, chunks)), status);
  });
}

test('a request without the token is rejected before its body arrives', async (t) => {
  const head = 'POST /measure HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
  t.is(await statusOf(await ask(t, await start(t), head)), 401);
});

test('a client that disconnects during its body does not cause an internal error', async (t) => {
  const failed: Error[] = [];
  const heard = new EventEmitter();
  const [begun, over] = [once(heard, 'begun'), once(heard, 'over')];
  const handle: Route['handle'] = async (context) => {
    const body = context.req.text();
    heard.emit('begun');
    body.catch(() => {}).finally(() => heard.emit('over'));
    return context.json((await body).length);
  };
  const leaving = controlApi(
    [{ ...measure, handle }, healthRoute(() => ({ proxies: [], outputs: WORKING, limits: UNLIMITED }))],
    {
      failed: (error) => failed.push(error),
    },
  );
  const target = await start(t, new ControlServer(leaving));
  const head = 'POST /measure HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n';
  const wire = await ask(t, target, head, 'half');
  await within(begun, 'the request');
  wire.rst();
  await within(over, 'the end of the request');
  t.is(await statusOf(await ask(t, target, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')), 200);
  t.deepEqual(failed, []);
});

test('a client that does not finish its headers gets an error and is disconnected', async (t) => {
  const quick = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10 };
  const server = new ControlServer(api, { ...quick, keepAliveTimeout: 60_000, maxHeaderSize: 16_384 });
  const slow = await ask(t, await start(t, server), 'GET /healthz HTTP/1.1\r\nHost: loc');
  t.is(await statusOf(slow), 408);
  await within(slow.ended, 'the end of a connection that is too slow');
});

test('1,024 idle connections are served, and the one that has been idle for the longest is closed for the next', async (t) => {
  const target = await start(t);
  const keep = () => ask(t, target, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const longest = await keep();
  t.is(await statusOf(longest), 200);
  const kept = await Promise.all(Array.from({ length: 1023 }, keep));
  t.deepEqual([...new Set(await Promise.all(kept.map(statusOf)))], [200]);
  t.is(await statusOf(await keep()), 200);
  await within(longest.ended, 'the end of the connection that was idle for the longest');
});
