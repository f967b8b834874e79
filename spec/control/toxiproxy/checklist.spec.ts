import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { Toxiproxy } from 'toxiproxy-node-client';
import { freePort } from '../../support/free-port.js';
import { startHangingServer } from '../../support/hanging-server.js';
import { listening } from '../../support/instance.js';
import { isDeaf, startServer } from '../../support/server.js';
import { callsTo, errorOf, startToxiproxy } from '../../support/toxiproxy.js';
import { startUpstream } from '../../support/upstream.js';
import { dialWire } from '../../support/wire.js';
import { within } from '../../support/within.js';

/** Nothing connects to it: the API only stores and returns this address. */
const UPSTREAM = '127.0.0.1:9';
/** Time limit for a response that must not wait for anything, in ms. */
const SOON = 5_000;

async function start(t: ExecutionContext) {
  const { url } = await startToxiproxy(t);
  const call = callsTo(url);
  const echo = await startServer(t, (client) =>
    client.on('data', (octets) => client.write(octets)).on('end', () => client.end()),
  );
  /** Creates a proxy, on a free port unless `more` has an address. */
  const create = async (name: string, more: object = {}) => {
    const upstream = `127.0.0.1:${echo.port}`;
    const made = await call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream, ...more });
    t.is(made.status, 201, made.body);
    return made.json;
  };
  const add = async (type: string, attributes: object = {}, more: object = {}, proxy = 'p') => {
    const added = await call('POST', `/proxies/${proxy}/toxics`, { type, attributes, ...more });
    t.is(added.status, 200, added.body);
    return added.json;
  };
  const names = async () => Object.keys((await call('GET', '/proxies')).json);
  return { url, call, create, add, names };
}

/** Connects through a proxy to the echo server, and checks that it echoes. */
async function throughEcho(t: ExecutionContext, listen: string) {
  const wire = await dialWire(t, listening(listen));
  await wire.send('hello');
  t.is((await wire.octets(5)).toString(), 'hello');
  return wire;
}

test('1. GET /version returns 200 and JSON with a parseable version, and responses have a request id', async (t) => {
  const { call } = await start(t);
  const [first, second] = [await call('GET', '/version'), await call('GET', '/version')];
  t.is(first.status, 200);
  t.regex(first.headers['content-type'] ?? '', /^application\/json;charset=utf-8$/);
  t.is(first.json.version, '2.12.0');
  t.regex(first.body, /"version": "2\.12\.0"/);
  t.regex(first.headers['x-toxiproxy-request-id'] ?? '', /./);
  t.not(first.headers['x-toxiproxy-request-id'], second.headers['x-toxiproxy-request-id']);
});

test('2. Any content type is accepted, including the form content type of the Java client', async (t) => {
  const { call } = await start(t);
  for (const [at, type] of [
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data',
    'application/json; charset=utf-16',
    'nonsense',
    '',
  ].entries()) {
    const headers = { 'Content-Type': type };
    const body = { name: `p${at}`, listen: '127.0.0.1:0', upstream: UPSTREAM };
    t.is((await call('POST', '/proxies', body, headers)).status, 201, type);
    t.is((await call('POST', `/proxies/p${at}/toxics`, { type: 'latency' }, headers)).status, 200, type);
    const update = { attributes: { latency: 5 } };
    t.is((await call('POST', `/proxies/p${at}/toxics/latency_downstream`, update, headers)).json.attributes.latency, 5);
    t.is((await call('POST', `/proxies/p${at}`, { enabled: false }, headers)).json.enabled, false, type);
    t.is((await call('POST', '/populate', [body], headers)).status, 201, type);
  }
});

test('3. Null for enabled and toxics counts as absent, and unknown keys are ignored', async (t) => {
  const { call, create } = await start(t);
  const made = await create('p', { enabled: null, toxics: null, Logger: {}, whatever: [1] });
  t.like(made, { enabled: true, toxics: [] });
  t.is((await create('list', { toxics: [{ type: 'latency' }] })).toxics.length, 0);
  const nothing = { listen: null, upstream: null, enabled: null, toxics: null, colour: 'red' };
  const { name, listen, upstream } = made;
  t.like((await call('PATCH', '/proxies/p', nothing)).json, { name, listen, upstream, enabled: true });
  t.is((await call('POST', '/proxies', { name: null, upstream: UPSTREAM })).status, 400);
  const toxic = { type: 'latency', name: null, stream: null, toxicity: null, attributes: null, colour: 'red' };
  t.like((await call('POST', '/proxies/p/toxics', toxic)).json, {
    name: 'latency_downstream',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 0, jitter: 0 },
  });
  const same = { toxicity: null, attributes: { latency: null } };
  t.like((await call('PATCH', '/proxies/p/toxics/latency_downstream', same)).json, {
    toxicity: 1,
    attributes: { latency: 0, jitter: 0 },
  });
  const populated = await call('POST', '/populate', [
    { name: 'q', upstream: UPSTREAM, listen: null, enabled: null, x: 1 },
  ]);
  t.like(populated.json.proxies[0], { name: 'q', enabled: true });
});

test('4. Create returns 201 with defaults, picks a port if none is given, and resolves localhost unless disabled', async (t) => {
  const { call, create } = await start(t);
  const port = await freePort();
  t.like(await create('named', { listen: `localhost:${port}` }), {
    name: 'named',
    listen: `127.0.0.1:${port}`,
    enabled: true,
    toxics: [],
  });
  const zero = await create('zero', { listen: 'localhost:0' });
  t.regex(zero.listen, /^127\.0\.0\.1:[1-9]\d*$/);
  await throughEcho(t, zero.listen);
  for (const listen of ['', null, undefined]) {
    const anywhere = await create(`anywhere ${listen}`, { listen });
    t.regex(anywhere.listen, /^\[::\]:[1-9]\d*$/);
    await throughEcho(t, `127.0.0.1:${listening(anywhere.listen).port}`);
  }
  t.regex((await create('any4', { listen: '0.0.0.0:0' })).listen, /^(0\.0\.0\.0|\[::\]):[1-9]\d*$/);
  t.like(await create('off', { listen: `localhost:${port}`, enabled: false }), {
    listen: `localhost:${port}`,
    enabled: false,
  });
  t.is((await call('GET', '/proxies/off')).json.listen, `localhost:${port}`);
  t.is((await create('badup', { upstream: 'not an address' })).upstream, 'not an address');
});

test('5. Create rejects missing fields, duplicate names, unusable addresses and invalid or empty bodies', async (t) => {
  const { call, create, names } = await start(t);
  const { listen } = await create('p');
  const { port } = listening(listen);
  for (const [body, status, error] of [
    [{ upstream: UPSTREAM }, 400, 'missing required field: name'],
    [{ name: '', upstream: UPSTREAM }, 400, 'missing required field: name'],
    [{}, 400, 'missing required field: name'],
    ['null', 400, 'missing required field: name'],
    [{ name: 'x' }, 400, 'missing required field: upstream'],
    [{ name: 'x', upstream: '' }, 400, 'missing required field: upstream'],
    [{ name: 'p' }, 400, 'missing required field: upstream'],
    [{ name: 'p', upstream: UPSTREAM, listen }, 409, 'proxy already exists'],
    [{ name: 'x', upstream: UPSTREAM, listen }, 500, `listen tcp ${listen}: bind: address already in use`],
    [
      { name: 'x', upstream: UPSTREAM, listen: `localhost:${port}` },
      500,
      `listen tcp ${listen}: bind: address already in use`,
    ],
    [
      { name: 'x', upstream: UPSTREAM, listen: 'local373' },
      500,
      'listen tcp: address local373: missing port in address',
    ],
    [
      { name: 'x', upstream: UPSTREAM, listen: '192.0.2.1:26011' },
      500,
      'listen tcp 192.0.2.1:26011: bind: cannot assign requested address',
    ],
    [null, 400, 'bad request body: EOF'],
    ['', 400, 'bad request body: EOF'],
    ['{"name":', 400, 'bad request body: unexpected EOF'],
  ] as const) {
    t.like(await call('POST', '/proxies', body), errorOf(status, error), JSON.stringify(body));
  }
  for (const body of [
    '{',
    '[]',
    '5',
    '"x"',
    '{"name":5,"upstream":"u:1"}',
    '{"name":"x","upstream":[]}',
    '}{',
    '\u0000',
  ]) {
    const { status, json } = await call('POST', '/proxies', body);
    t.deepEqual([status, json.status], [400, 400], body);
    t.regex(json.error, /^bad request body: ./, body);
    t.deepEqual(Object.keys(json), ['error', 'status']);
  }
  for (const wrong of [{ enabled: 'yes' }, { listen: 5 }]) {
    const got = await call('POST', '/proxies', { name: 'x', upstream: UPSTREAM, ...wrong });
    t.regex(got.json.error, /^bad request body: ./);
    t.is(got.status, 400);
  }
  t.deepEqual(await names(), ['p']);
});

test('6. GET /proxies returns an object sorted by name, {} without proxies; GET of one proxy returns it or a 404', async (t) => {
  const { call, create } = await start(t);
  t.is((await call('GET', '/proxies')).body, '{}');
  for (const name of ['b', 'é', 'B', 'a', '10', '9', 'a1', '__proto__']) await create(name);
  const { body, json } = await call('GET', '/proxies');
  const inOrder = [...body.matchAll(/"([^"]+)":\{"name":"([^"]+)"/g)].map(([, key, name]) => [key, name]);
  t.deepEqual(
    inOrder,
    ['10', '9', 'B', '__proto__', 'a', 'a1', 'b', 'é'].map((name) => [name, name]),
  );
  t.deepEqual((await call('GET', '/proxies/a1')).json, json.a1);
  for (const [method, path, error] of [
    ['GET', '/proxies/none', 'proxy not found'],
    ['POST', '/proxies/none', 'proxy not found'],
    ['PATCH', '/proxies/none', 'proxy not found'],
    ['DELETE', '/proxies/none', 'proxy not found'],
    ['GET', '/proxies/none/toxics', 'proxy not found'],
    ['POST', '/proxies/none/toxics', 'proxy not found'],
    ['GET', '/proxies/none/toxics/none', 'proxy not found'],
    ['POST', '/proxies/none/toxics/none', 'proxy not found'],
    ['PATCH', '/proxies/none/toxics/none', 'proxy not found'],
    ['DELETE', '/proxies/none/toxics/none', 'proxy not found'],
    ['GET', '/proxies/a/toxics/none', 'toxic not found'],
    ['POST', '/proxies/a/toxics/none', 'toxic not found'],
    ['PATCH', '/proxies/a/toxics/none', 'toxic not found'],
    ['DELETE', '/proxies/a/toxics/none', 'toxic not found'],
  ] as const) {
    // The proxy is looked up before the body is read.
    const broken = method === 'POST' || method === 'PATCH' ? '{' : null;
    t.like(await call(method, path, broken), errorOf(404, error), `${method} ${path}`);
  }
});

test('7. Disable closes and refuses connections, enable reopens the same port; both keep toxics and are idempotent', async (t) => {
  const { call, create, add } = await start(t);
  const upstream = await startUpstream(t);
  const { listen } = await create('p', { upstream: `127.0.0.1:${upstream.port}` });
  const toxic = await add('latency', { latency: 1 });
  const client = await dialWire(t, listening(listen));
  await client.send('hello');
  const server = await upstream.next();
  await server.octets(5);
  for (const method of ['POST', 'PATCH']) {
    const off = await call(method, '/proxies/p', { enabled: false });
    t.like([off.status, off.json.enabled, off.json.listen], [200, false, listen]);
    await t.throwsAsync(dialWire(t, listening(listen)), { code: 'ECONNREFUSED' });
  }
  t.is(await client.how(), 'fin');
  await server.how();
  for (const method of ['PATCH', 'POST']) {
    const on = await call(method, '/proxies/p', { enabled: true });
    t.deepEqual([on.status, on.json.enabled, on.json.listen], [200, true, listen]);
    t.deepEqual(on.json.toxics, [toxic]);
  }
  const again = await dialWire(t, listening(listen));
  // Enabling an enabled proxy or sending an empty object does not end the connection.
  await call('POST', '/proxies/p', { enabled: true });
  t.is((await call('PATCH', '/proxies/p', {})).status, 200);
  await again.send('still');
  t.is((await (await upstream.next()).octets(5)).toString(), 'still');
});

for (const [what, method, path, body] of [
  ['a disable', 'PATCH', '/proxies/p', { enabled: false }],
  ['another upstream', 'PATCH', '/proxies/p', { upstream: UPSTREAM }],
  ['a populate that replaces it', 'POST', '/populate', [{ name: 'p', listen: '127.0.0.1:0', upstream: UPSTREAM }]],
  ['a delete', 'DELETE', '/proxies/p', null],
] as const) {
  test(`7b. ${what} ends open connections with a FIN on both sides`, async (t) => {
    const { call, create } = await start(t);
    const upstream = await startUpstream(t);
    const { listen } = await create('p', { upstream: `127.0.0.1:${upstream.port}` });
    const client = await dialWire(t, listening(listen));
    const server = await upstream.next();
    await call(method, path, body);
    t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
  });
}

test('8. Update changes the given keys except the name; a new upstream drops connections; an invalid listen is a 500', async (t) => {
  const { call, create, add } = await start(t);
  const [one, two] = [await startUpstream(t), await startUpstream(t)];
  const [first, second] = [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`];
  const before = await create('p', { upstream: first });
  const toxic = await add('noop');
  // The requested address is compared; port 0 matches the current port.
  t.is((await call('PATCH', '/proxies/p', { listen: '127.0.0.1:0' })).json.listen, before.listen);
  let upstream = first;
  for (const method of ['POST', 'PATCH'] as const) {
    t.like((await call(method, '/proxies/p', { name: 'other' })).json, { ...before, upstream, toxics: [toxic] });
    const client = await dialWire(t, listening(before.listen));
    const server = await (upstream === first ? one : two).next();
    upstream = upstream === first ? second : first;
    t.like((await call(method, '/proxies/p', { upstream })).json, { ...before, upstream, toxics: [toxic] });
    t.is(await client.how(), 'fin');
    await server.how();
    const bad = await call(method, '/proxies/p', { listen: 'local373', upstream: first });
    t.is(bad.status, 500);
    t.regex(bad.json.error, /address local373: missing port in address$/);
    t.like((await call('GET', '/proxies/p')).json, { ...before, upstream, toxics: [toxic] });
    t.like(await call(method, '/proxies/p', ''), errorOf(400, 'bad request body: EOF'));
    t.is((await call(method, '/proxies/p', { enabled: 'no' })).status, 400);
    const listen = `127.0.0.1:${await freePort()}`;
    const moved = await call(method, '/proxies/p', { listen });
    t.is(moved.json.listen, listen);
    t.true(await isDeaf(listening(before.listen)));
    await dialWire(t, listening(moved.json.listen));
    await (upstream === first ? one : two).next();
    t.is((await call(method, '/proxies/p', { listen: before.listen })).json.listen, before.listen);
  }
  // Sending the current or the originally requested address is not a change and drops no connection.
  const client = await dialWire(t, listening(before.listen));
  const server = await one.next();
  t.is((await call('POST', '/proxies/p', { ...before, upstream })).status, 200);
  await client.send('still');
  t.is((await server.octets(5)).toString(), 'still');
});

test('8b. The current address in another form is not a change in an update or a populate', async (t) => {
  const { call, create, add } = await start(t);
  const upstream = await startUpstream(t);
  const to = `127.0.0.1:${upstream.port}`;
  const { listen } = await create('p', { upstream: to });
  const toxic = await add('noop');
  const client = await dialWire(t, listening(listen));
  const server = await upstream.next();
  const other = `localhost:${listening(listen).port}`;
  for (const method of ['POST', 'PATCH']) {
    t.is((await call(method, '/proxies/p', { listen: other, upstream: to, enabled: true })).json.listen, listen);
  }
  const populated = await call('POST', '/populate', [{ name: 'p', listen: other, upstream: to }]);
  t.deepEqual(populated.json.proxies[0].toxics, [toxic]);
  await client.send('still');
  t.is((await server.octets(5)).toString(), 'still');
});

test('8c. A populate that fails keeps the proxy that it would have replaced', async (t) => {
  const { call, create } = await start(t);
  const before = await create('p');
  for (const listen of ['local373', 'no-such-host.invalid:0']) {
    const failed = await call('POST', '/populate', [{ name: 'p', listen, upstream: UPSTREAM }]);
    t.is(failed.status, 500);
    t.like((await call('GET', '/proxies/p')).json, before);
  }
});

test('9. Delete returns 204 and frees the port; the next delete is a 404', async (t) => {
  const { call, create, add } = await start(t);
  const { listen } = await create('p');
  await add('latency', { latency: 1 });
  const client = await throughEcho(t, listen);
  const gone = await call('DELETE', '/proxies/p');
  t.is(gone.status, 204);
  t.deepEqual([gone.body, gone.headers['content-length'], gone.headers['content-type']], ['', undefined, undefined]);
  const server = createServer();
  await once(server.listen(listening(listen)), 'listening');
  await once(server.close(), 'close');
  t.is(await client.how(), 'fin');
  for (const method of ['DELETE', 'GET']) t.like(await call(method, '/proxies/p'), errorOf(404, 'proxy not found'));
  t.deepEqual((await create('p', { listen })).toxics, [], 'a new proxy with the same name has no toxics');
});

test('10. Toxic create returns 200 with defaults; a duplicate name is a 409, an unknown type or stream a 400', async (t) => {
  const { call, create, add } = await start(t);
  await create('p');
  const theirs = (toxic: Record<string, unknown>) =>
    ['attributes', 'name', 'type', 'stream', 'toxicity'].map((key) => toxic[key]);
  t.deepEqual(theirs(await add('noop')), [{}, 'noop_downstream', 'noop', 'downstream', 1]);
  t.is((await add('noop', {}, { stream: 'upstream', name: '' })).name, 'noop_upstream');
  t.like(await add('timeout', {}, { stream: 'UPSTREAM' }), { name: 'timeout_UPSTREAM', stream: 'UPSTREAM' });
  for (const toxicity of [0, 0.3, 0.5, 1, 7, -1]) {
    t.is((await add('noop', {}, { name: `${toxicity}`, toxicity })).toxicity, toxicity);
  }
  const [taken, type, stream] = [
    'toxic already exists',
    'invalid toxic type',
    'stream was invalid, can be either upstream or downstream',
  ];
  for (const [body, status, error] of [
    [{ type: 'noop' }, 409, taken],
    [{ type: 'latency', name: 'noop_downstream', stream: 'upstream' }, 409, taken],
    [{ type: 'bogus' }, 400, type],
    [{ type: 'down' }, 400, type],
    [{ type: '' }, 400, type],
    [{ name: 'x' }, 400, type],
    [{}, 400, type],
    [{ type: 'noop', stream: 'sideways' }, 400, stream],
    [{ type: 'noop', stream: '' }, 400, stream],
    // The first error counts: stream, type, name in use, attributes.
    [{ type: 'bogus', stream: 'sideways', name: 'noop_downstream' }, 400, stream],
    [{ type: 'bogus', name: 'noop_downstream' }, 400, type],
    [{ type: 'latency', name: 'noop_downstream', attributes: { latency: 'x' } }, 409, taken],
    [null, 400, 'bad request body: EOF'],
    ['{"type":', 400, 'bad request body: unexpected EOF'],
  ] as const) {
    t.like(await call('POST', '/proxies/p/toxics', body), errorOf(status, error), JSON.stringify(body));
  }
  t.regex((await call('POST', '/proxies/p/toxics', { type: 5, stream: 5 })).json.error, /^bad request body: /);
});

test('11. Missing toxic attributes are 0, unknown ones are dropped, updates may be partial, and a fraction is a 400', async (t) => {
  const { call, create, add } = await start(t);
  await create('p');
  for (const [type, zeros] of [
    ['latency', '{"latency":0,"jitter":0}'],
    ['bandwidth', '{"rate":0}'],
    ['slow_close', '{"delay":0}'],
    ['timeout', '{"timeout":0}'],
    ['reset_peer', '{"timeout":0}'],
    ['slicer', '{"average_size":0,"size_variation":0,"delay":0}'],
    ['limit_data', '{"bytes":0}'],
    ['noop', '{}'],
  ] as const) {
    t.is(JSON.stringify((await add(type, { colour: 'red' })).attributes), zeros);
    const path = `/proxies/p/toxics/${type}_downstream`;
    const wanted: Record<string, number> = JSON.parse(zeros);
    for (const [at, key] of Object.keys(wanted).entries()) {
      wanted[key] = at + 1;
      const changed = await call('PATCH', path, { attributes: { [key]: at + 1, colour: 'red' } });
      t.deepEqual([changed.status, changed.json?.attributes], [200, wanted], `${type} ${key}: ${changed.body}`);
      for (const wrong of [100.5, '100', '250ms', true, [], {}]) {
        const refused = await call('PATCH', path, { attributes: { [key]: wrong }, toxicity: 0.5 });
        t.deepEqual([refused.status, refused.json.status], [400, 400], `${type} ${key} ${JSON.stringify(wrong)}`);
        t.regex(refused.json.error, /^bad request body: ./);
        const more = { type, name: 'x', attributes: { [key]: wrong } };
        t.is((await call('POST', '/proxies/p/toxics', more)).status, 400, `${type} ${key} ${JSON.stringify(wrong)}`);
      }
    }
    t.like((await call('GET', path)).json, { attributes: wanted, toxicity: 1 });
  }
  t.is((await call('POST', '/proxies/p/toxics', { type: 'latency', name: 'x', attributes: [1] })).status, 400);
  t.is((await call('POST', '/proxies/p/toxics', { type: 'noop', name: 'x', toxicity: 'much' })).status, 400);
});

test('12. Toxics are listed in order, shown, updated by POST and PATCH, and deleted with 204, then 404', async (t) => {
  const { call, create, add } = await start(t);
  await create('p');
  t.is((await call('GET', '/proxies/p/toxics')).body, '[]');
  for (const [name, stream] of [
    ['z', 'downstream'],
    ['y', 'upstream'],
    ['a', 'DownStream'],
    ['x', 'UPSTREAM'],
    ['m', 'downstream'],
  ] as const) {
    await add('latency', {}, { name, stream });
  }
  const inOrder = async () => (await call('GET', '/proxies/p/toxics')).json.map(({ name }: { name: string }) => name);
  t.deepEqual(await inOrder(), ['y', 'x', 'z', 'a', 'm']);
  const all = (await call('GET', '/proxies/p/toxics')).json;
  t.deepEqual((await call('GET', '/proxies/p')).json.toxics, all);
  t.deepEqual((await call('GET', '/proxies')).json.p.toxics, all);
  t.deepEqual((await call('GET', '/proxies/p/toxics/z')).json, all[2]);
  const fixed = { name: 'n2', type: 'timeout', stream: 'upstream' };
  for (const [method, latency] of [
    ['POST', 5],
    ['PATCH', 6],
  ] as const) {
    const changed = await call(method, '/proxies/p/toxics/z', { ...fixed, attributes: { latency } });
    t.like([changed.status, changed.json], [200, { ...all[2], attributes: { latency, jitter: 0 } }]);
    t.is((await call(method, '/proxies/p/toxics/z', { toxicity: 0.25 })).json.toxicity, 0.25);
    t.is((await call(method, '/proxies/p/toxics/z', {})).json.toxicity, 0.25);
    t.like(await call(method, '/proxies/p/toxics/z', '{'), { status: 400 });
    await call(method, '/proxies/p/toxics/z', { toxicity: 1 });
  }
  t.deepEqual(await inOrder(), ['y', 'x', 'z', 'a', 'm']);
  const gone = await call('DELETE', '/proxies/p/toxics/z');
  t.deepEqual([gone.status, gone.body, gone.headers['content-length']], [204, '', undefined]);
  t.like(await call('DELETE', '/proxies/p/toxics/z'), errorOf(404, 'toxic not found'));
  t.like(await call('GET', '/proxies/p/toxics/z'), errorOf(404, 'toxic not found'));
  t.is(
    (await add('latency', {}, { name: 'z' })).attributes.latency,
    0,
    'a new toxic with the same name has the default attributes',
  );
  t.deepEqual(await inOrder(), ['y', 'x', 'a', 'm', 'z']);
});

test('13. Populate keeps equal proxies, replaces others, checks all entries first, and stops at the first failure', async (t) => {
  const { call, create, add, names } = await start(t);
  const [a, b] = [await freePort(), await freePort()];
  const { upstream } = await create('echo');
  const wanted = [
    { name: 'p', listen: `localhost:${a}`, upstream },
    { name: 'off', listen: `localhost:${b}`, upstream, enabled: false },
    { name: 'zero', listen: '127.0.0.1:0', upstream },
    { name: 'anywhere', upstream },
    { name: 'any4', listen: '0.0.0.0:0', upstream },
  ];
  const first = await call('POST', '/populate', wanted);
  t.is(first.status, 201);
  t.deepEqual(Object.keys(first.json), ['proxies']);
  t.like(first.json.proxies[0], { name: 'p', listen: `127.0.0.1:${a}`, enabled: true, toxics: [] });
  t.like(first.json.proxies[1], { name: 'off', listen: `localhost:${b}`, enabled: false, toxics: [] });
  const client = await throughEcho(t, `127.0.0.1:${a}`);
  for (const { name } of wanted) await add('noop', {}, {}, name);
  const backwards = await call('POST', '/populate', [...wanted].reverse());
  const found = (proxies: { name: string; listen: string; toxics: [] }[]) =>
    proxies.map(({ name, listen, toxics }) => [name, listen, toxics.length]);
  t.deepEqual(
    found(backwards.json.proxies),
    found(first.json.proxies)
      .map(([name, listen]) => [name, listen, 1])
      .reverse(),
  );
  const otherState = await call('POST', '/populate', [{ ...wanted[0], enabled: false }]);
  t.like(otherState.json.proxies[0], { enabled: true });
  await client.send('still');
  t.is((await client.octets(10)).toString(), 'hellostill');
  const replaced = await call('POST', '/populate', [{ ...wanted[0], upstream: UPSTREAM }]);
  t.like(replaced.json.proxies[0], { listen: `127.0.0.1:${a}`, upstream: UPSTREAM, toxics: [] });
  t.is(await client.how(), 'fin');

  const before = await names();
  const good = (name: string) => ({ name, listen: '127.0.0.1:0', upstream });
  for (const [body, error] of [
    [[good('n1'), { upstream }], 'missing required field: name at proxy 2'],
    [[good('n1'), good('n2'), { name: 'x' }], 'missing required field: upstream at proxy 3'],
    [[{ name: '' }], 'missing required field: name at proxy 1'],
    ['', 'bad request body: EOF'],
  ] as const) {
    const got = await call('POST', '/populate', body);
    t.deepEqual([got.status, got.json], [400, { error, status: 400, proxies: null }]);
    t.is(got.headers['content-type'], 'application/json');
  }
  for (const body of [{ name: 'one' }, '[{', 'x', [good('n1'), 5]]) {
    const got = await call('POST', '/populate', body);
    t.like([got.status, got.json.status, got.json.proxies], [400, 400, null]);
    t.regex(got.json.error, /^bad request body: ./);
  }
  t.deepEqual(await names(), before, 'nothing was created');
  for (const body of [[], 'null']) {
    const got = await call('POST', '/populate', body);
    t.deepEqual([got.status, got.json], [201, { proxies: [] }]);
  }
  const failed = await call('POST', '/populate', [good('n1'), { ...good('n2'), listen: 'local373' }, good('n3')]);
  t.like(failed.json, { error: 'listen tcp: address local373: missing port in address', status: 500 });
  t.deepEqual([failed.status, failed.json.proxies.map(({ name }: { name: string }) => name)], [500, ['n1']]);
  t.deepEqual(await names(), [...before, 'n1'].sort());
});

test('13b. Populate decodes all entries before it creates one: a wrong type in a later entry creates nothing', async (t) => {
  const { call, names } = await start(t);
  for (const wrong of [{ enabled: 'yes' }, { listen: 5 }, { name: 5 }, { upstream: [] }]) {
    const entry = { name: 'b', listen: '127.0.0.1:0', upstream: UPSTREAM };
    const got = await call('POST', '/populate', [
      { ...entry, name: 'a' },
      { ...entry, ...wrong },
    ]);
    t.like([got.status, got.json.proxies], [400, null], JSON.stringify(wrong));
    t.deepEqual(await names(), [], JSON.stringify(wrong));
  }
});

test('14. Reset enables all proxies, removes all toxics, keeps ports, and returns 204 without a body', async (t) => {
  const { call, create, add } = await start(t);
  const [on, off] = [await create('on'), await create('off')];
  const never = await create('never', { listen: 'localhost:0', enabled: false });
  await add('latency', { latency: 1 }, {}, 'on');
  await add('noop', {}, {}, 'off');
  const client = await throughEcho(t, on.listen);
  await call('POST', '/proxies/off', { enabled: false });
  for (const headers of [{}, { 'Content-Length': '0' }, { 'Content-Type': 'application/json' }]) {
    const done = await call('POST', '/reset', null, headers);
    t.deepEqual([done.status, done.body, done.headers['content-length']], [204, '', undefined]);
  }
  const { json } = await call('GET', '/proxies');
  t.like(json.on, { ...on, enabled: true, toxics: [] });
  t.like(json.off, { ...off, enabled: true, toxics: [] });
  t.is(never.listen, 'localhost:0');
  t.regex(json.never.listen, /^127\.0\.0\.1:[1-9]\d*$/);
  for (const { listen } of [json.off, json.never]) await throughEcho(t, listen);
  await client.send('still');
  t.is((await client.octets(10)).toString(), 'hellostill', 'open connections survive');
  // A proxy that cannot start does not prevent the reset of the others.
  await create('taken', { listen: json.on.listen, enabled: false });
  await call('POST', '/proxies/off', { enabled: false });
  const failed = await call('POST', '/reset');
  t.like(failed, errorOf(500, `listen tcp ${on.listen}: bind: address already in use`));
  t.true((await call('GET', '/proxies/off')).json.enabled);
});

test('15. Browsers get a 403, other clients do not; an unknown path is a 404 in text, a wrong method a 405', async (t) => {
  const { call, create } = await start(t);
  await create('p');
  for (const path of ['/version', '/proxies', '/proxies/p', '/proxies/p/toxics', '/proxies/none']) {
    const blocked = await call('GET', path, null, { 'User-Agent': 'Mozilla/5.0 (X11)' });
    t.deepEqual([blocked.status, blocked.body], [403, 'User agent not allowed\n'], path);
    t.is(blocked.headers['content-type'], 'text/plain; charset=utf-8');
    t.not(blocked.headers['x-toxiproxy-request-id'], undefined);
  }
  for (const path of ['/populate', '/reset', '/proxies', '/proxies/p']) {
    t.is((await call('POST', path, {}, { 'User-Agent': 'Mozilla/5.0' })).status, 403, path);
  }
  for (const agent of ['mozilla/5.0', 'curl/8 Mozilla/5.0', 'Mozilla', 'toxiproxy-cli/2.12.0 (linux/amd64)']) {
    t.is((await call('GET', '/proxies', null, { 'User-Agent': agent })).status, 200, agent);
  }
  for (const path of [
    '/nope',
    '/proxies/',
    '/version/',
    '/proxies/p/',
    '/proxies/p/toxics/',
    '/Proxies',
    '/proxies/p/toxics/x/y',
  ]) {
    for (const agent of ['curl/8', 'Mozilla/5.0']) {
      const unknown = await call('GET', path, null, { 'User-Agent': agent });
      t.deepEqual([unknown.status, unknown.body], [404, '404 page not found\n'], path);
      t.is(unknown.headers['content-type'], 'text/plain; charset=utf-8');
      t.is(unknown.headers['x-toxiproxy-request-id'], undefined);
    }
  }
  const doubled = await call('GET', '//proxies');
  t.deepEqual([doubled.status, doubled.headers['location'], doubled.body], [301, '/proxies', '']);
  for (const [method, path] of [
    ['PUT', '/proxies'],
    ['DELETE', '/proxies'],
    ['HEAD', '/version'],
    ['OPTIONS', '/proxies'],
    ['POST', '/version'],
    ['GET', '/populate'],
    ['GET', '/reset'],
    ['PUT', '/proxies/p'],
    ['PUT', '/proxies/p/toxics/none'],
    ['PATCH', '/proxies/p/toxics'],
  ] as const) {
    const refused = await call(method, path);
    t.deepEqual([refused.status, refused.body], [405, ''], `${method} ${path}`);
    t.is(refused.headers['x-toxiproxy-request-id'], undefined);
  }
});

test('16. Names may contain colons, dots, spaces and non-ASCII characters, percent-encoded in paths', async (t) => {
  const { call, create, add } = await start(t);
  for (const name of [
    'rabbitmq:5672',
    'my.broker.local',
    'two words',
    'größe 兎',
    'a+b',
    'a%b',
    'a%2Fb',
    'a?b#c',
    "it's",
    '100',
    '[::1]:5672',
  ]) {
    const encoded = encodeURIComponent(name);
    t.is((await create(name)).name, name);
    t.is((await call('GET', `/proxies/${encoded}`)).json?.name, name, name);
    t.is((await add('noop', {}, { name }, encoded)).name, name);
    t.is((await call('PATCH', `/proxies/${encoded}/toxics/${encoded}`, { toxicity: 0.5 })).json?.toxicity, 0.5, name);
    t.is((await call('DELETE', `/proxies/${encoded}/toxics/${encoded}`)).status, 204, name);
    t.is((await call('DELETE', `/proxies/${encoded}`)).status, 204, name);
  }
  await create('rabbitmq:5672');
  t.is((await call('GET', '/proxies/rabbitmq:5672')).json.name, 'rabbitmq:5672', 'as the Java module sends it');
});

test('19. Calls that crash or block Toxiproxy do neither here', async (t) => {
  const { call, create, add } = await start(t);
  const { listen } = await create('p');
  for (const stream of ['upstream', 'downstream']) {
    for (const [type, attributes] of [
      ['slicer', {}],
      ['slicer', { average_size: 1, size_variation: 10 }],
      ['slicer', { average_size: -1 }],
      ['slicer', { average_size: 5, size_variation: -5, delay: -5 }],
      ['latency', { latency: -5, jitter: -5 }],
    ] as const) {
      const { name } = await add(type, attributes, { stream });
      await throughEcho(t, listen);
      t.is((await call('DELETE', `/proxies/p/toxics/${name}`)).status, 204);
    }
  }
  const negative = await call('POST', '/proxies/p/toxics', { type: 'bandwidth', attributes: { rate: -1 } });
  t.true([200, 400].includes(negative.status));
  await call('POST', '/reset');
  const client = await throughEcho(t, listen);

  const hanging = await startHangingServer(t);
  const hole = await create('hole', { upstream: `127.0.0.1:${hanging.port}` });
  // The second is accepted although the first is still waiting for its upstream.
  const waiting = [await dialWire(t, listening(hole.listen)), await dialWire(t, listening(hole.listen))];
  const off = await within(call('PATCH', '/proxies/hole', { enabled: false }), 'a response', SOON);
  t.like([off.status, off.json.enabled], [200, false]);
  t.true(await isDeaf(listening(hole.listen)));
  await within(Promise.all(waiting.map(({ ended }) => ended)), 'the end of the waiting connections', SOON);
  t.is((await within(call('DELETE', '/proxies/hole'), 'a response', SOON)).status, 204);

  // A peer that reads nothing does not prevent the removal of a toxic.
  const deaf = await startUpstream(t, (wire) => wire.pause());
  const stuck = await create('stuck', { upstream: `127.0.0.1:${deaf.port}` });
  const wire = await dialWire(t, listening(stuck.listen));
  await add('slicer', { average_size: 1_000 }, { stream: 'upstream' }, 'stuck');
  const sent = wire.send(Buffer.alloc(20_000_000));
  await (await deaf.next()).send('there');
  await wire.octets(5);
  t.is((await within(call('DELETE', '/proxies/stuck/toxics/slicer_upstream'), 'a response', SOON)).status, 204);
  t.is((await within(call('DELETE', '/proxies/stuck'), 'a response', SOON)).status, 204);
  await sent;
  await client.send('still');
  t.is((await client.octets(10)).toString(), 'hellostill');
});

test('20. The published Node client can create, add a toxic, update, populate, reset and remove', async (t) => {
  const { url, create } = await start(t);
  const { upstream } = await create('echo');
  const toxiproxy = new Toxiproxy(url);
  const body = { name: 'p', listen: 'localhost:0', upstream, enabled: true };
  const proxy = await toxiproxy.createProxy(body);
  const toxic = await proxy.addToxic({
    name: '',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 20, jitter: 0 },
  });
  t.is(toxic.name, 'latency_downstream');
  const client = await throughEcho(t, proxy.listen);
  await (await proxy.getToxic('latency_downstream')).remove();
  const off = await proxy.update({ enabled: false, listen: proxy.listen, upstream });
  t.false(off.enabled);
  t.is(await client.how(), 'fin');
  t.deepEqual(Object.keys(await toxiproxy.getAll()).sort(), ['echo', 'p']);
  t.is(Object.values(await toxiproxy.populate([body])).length, 1);
  await toxiproxy.reset();
  await throughEcho(t, (await toxiproxy.get('p')).listen);
  await t.throwsAsync(toxiproxy.createProxy(body), { message: 'Request failed with status code 409' });
  await proxy.remove();
  await t.throwsAsync(toxiproxy.get('p'), { message: 'Request failed with status code 404' });
});
