import { connect } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { FAULT_TYPES } from '../../lib/faults/registry.js';
import { startControl } from '../support/control.js';
import { listening } from '../support/instance.js';

const REQUESTS = 1_500;

const names = fc.constantFrom(
  'a',
  'b',
  'rabbitmq:5672',
  'a/b',
  '',
  ' ',
  '__proto__',
  'constructor',
  'é',
  '%',
  '..',
  'x'.repeat(300),
);
const scalar = fc.oneof(
  names,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, '127.0.0.1:0', 'localhost:0', ':0', '127.0.0.1:1', '2s', '64KiB', '1e400', -1, 1e308),
  fc.string(),
);
const keys = fc.constantFrom(
  ...[
    'name',
    'type',
    'listen',
    'upstream',
    'enabled',
    'toxicity',
    'stream',
    'attributes',
    'when',
    'times',
    'steps',
    'lease',
  ],
  ...[
    'repeat',
    'octets',
    'text',
    'end',
    'proxy',
    'source',
    'mode',
    'dialect',
    'after',
    'until',
    'latency',
    'at',
    'code',
  ],
  '__proto__',
);
const type = fc.constantFrom(...FAULT_TYPES.map(({ name }) => name));
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('map')),
  map: fc.oneof(
    fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
    fc.record({ name: names, upstream: scalar, listen: scalar, enabled: scalar }, { requiredKeys: [] }),
    fc.record(
      { type, name: names, proxy: names, attributes: tie('value'), when: tie('value'), times: scalar },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      { steps: fc.array(tie('map'), { maxLength: 2 }), lease: scalar, repeat: scalar },
      { requiredKeys: ['steps'] },
    ),
  ),
})).value;
const body = fc.oneof(
  { weight: 8, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('', '{', '[', 'null', '{"a":', `${'['.repeat(20_000)}`, '"\\ud800"', '\0') },
);
const segment = names.map((name) => encodeURIComponent(name)).filter((text) => text !== '');
const path = fc.oneof(
  fc.constantFrom(
    '/proxies',
    '/populate',
    '/reset',
    '/version',
    '/faults',
    '/scenarios',
    '/classify',
    '/reports',
    '/connections',
    '/nope',
  ),
  segment.map((name) => `/proxies/${name}`),
  segment.map((name) => `/proxies/${name}/toxics`),
  fc.tuple(segment, segment).map(([a, b]) => `/proxies/${a}/toxics/${b}`),
  segment.map((name) => `/faults/${name}`),
  segment.map((name) => `/scenarios/${name}/renew`),
  segment.map((name) => `/connections/${name}?close=${name}`),
  segment.map((name) => `/reports?since=${name}&limit=${name}`),
  fc.constantFrom('/proxies/%', '/proxies/%ff', '/faults/%2', '/reports?wait=%'),
);
const method = fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS');

/** Requests with an almost valid body to routes that accept one, and arbitrary requests. */
const request = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('POST'),
      fc.constantFrom('/proxies', '/faults', '/scenarios', '/classify', '/proxies/a/toxics'),
      body,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('POST'),
      fc.constant('/populate'),
      fc.array(json, { maxLength: 2 }).map((list) => JSON.stringify(list)),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('POST', 'PATCH'),
      segment.map((name) => `/proxies/${name}`),
      body,
    ),
  },
  { weight: 2, arbitrary: fc.tuple(method, path, body) },
);

/** Toxiproxy answers 500 if a listener cannot be opened. */
const isListenError = (text: string): boolean => /"error":"(listen tcp|address|lookup) ?/.test(text);

test(`${REQUESTS} requests, most of them malformed, do not end the process or cause an internal error`, async (t) => {
  const { url } = await startControl(t, 'listen: 127.0.0.1:0\nupstream: stand-in\nname: a');
  const statuses = new Map<number, number>();
  for (const [verb, to, content] of fc.sample(request, { seed: 11, numRuns: REQUESTS })) {
    const init = verb === 'GET' ? {} : { body: content };
    const response = await fetch(`${url}${to}`, { method: verb, ...init });
    const text = await response.text();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status >= 500 && !isListenError(text))
      t.fail(`${verb} ${to} ${content.slice(0, 300)}: ${response.status} ${text}`);
  }
  t.true((statuses.get(400) ?? 0) > 100 && (statuses.get(201) ?? 0) > 10, JSON.stringify([...statuses]));
  t.is((await fetch(`${url}/healthz`)).status, 200);
});

for (const [what, octets] of [
  ['no HTTP', 'AMQP\0\0\x09\x01'],
  ['half a request', 'GET /proxies HTTP/1.1\r\nHost: a'],
  ['a header without an end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`],
  ['two lengths', 'POST /reset HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a negative length', 'POST /reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
  ['an invalid path', 'GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['an invalid host', 'GET /version HTTP/1.1\r\nHost: [\r\n\r\n'],
  ['an upgrade', 'GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
  ['a tunnel', 'CONNECT localhost:5672 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
] as const) {
  test(`${what} is not answered with 500, and other requests are served`, async (t) => {
    const { url } = await startControl(t);
    const socket = connect(listening(url.replace('http://', '')));
    t.teardown(() => socket.destroy());
    let text = '';
    socket.on('data', (read) => {
      text += read.toString('latin1');
    });
    // A request that is rejected before it was read completely may be reset.
    socket.on('error', () => {});
    socket.end(octets, 'latin1');
    await new Promise((resolve) => socket.once('close', resolve));
    t.notRegex(text, /^HTTP\/1\.1 5/);
    t.is((await fetch(`${url}/healthz`)).status, 200);
  });
}

test('a body of more than 1 MiB is rejected, with a length and without', async (t) => {
  const { url } = await startControl(t);
  const large = 'x'.repeat(1_100_000);
  const known = await fetch(`${url}/faults`, { method: 'POST', body: large });
  t.is(known.status, 413);
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(large));
      controller.close();
    },
  });
  const unknown = await fetch(`${url}/faults`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  t.is(unknown.status, 413);
});
