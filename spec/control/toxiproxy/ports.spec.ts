import test, { type ExecutionContext } from 'ava';
import { freePort } from '../../support/free-port.js';
import { startServer } from '../../support/server.js';
import { callsTo, errorOf, startToxiproxy } from '../../support/toxiproxy.js';
import { dialWire, type Wire } from '../../support/wire.js';

/** A proxy of a populate: its name, the index of its port, and the rest. */
type Row = readonly [name: string, at: number, more?: { readonly host?: string; readonly enabled?: boolean }];

/** A server whose proxies reach upstreams that greet with the name of the proxy. The last port is a foreign program's. */
async function start(t: ExecutionContext) {
  const call = callsTo((await startToxiproxy(t)).url);
  const foreign = await startServer(t, (client) => client.write('foreign'));
  const ports = [await freePort(), await freePort(), await freePort(), foreign.port];
  const upstreams = new Map<string, string>();
  for (const name of ['a', 'b', 'c', 'new']) {
    const { port } = await startServer(t, (client) => {
      client.write(name);
      client.on('data', (octets) => client.write(octets));
    });
    upstreams.set(name, `127.0.0.1:${port}`);
  }
  const populate = (...rows: readonly Row[]) =>
    call(
      'POST',
      '/populate',
      rows.map(([name, at, { host = '127.0.0.1', ...more } = {}]) => ({
        name,
        listen: `${host}:${ports[at]}`,
        upstream: upstreams.get(name),
        ...more,
      })),
    );
  /** Connects to a port, and checks which proxy answers. */
  const reach = async (at: number, name: string): Promise<Wire> => {
    const wire = await dialWire(t, { host: '127.0.0.1', port: ports[at] as number });
    t.is((await wire.octets(name.length)).toString(), name);
    return wire;
  };
  const echoes = async (wire: Wire): Promise<void> => {
    const before = wire.received.length;
    await wire.send('still here');
    t.is((await wire.octets(before + 10)).subarray(before).toString(), 'still here');
  };
  return { call, ports, populate, reach, echoes };
}

const CASES: readonly { what: string; before: Row[]; after: Row[]; reached: [number, string][] }[] = [
  {
    what: 'a shift',
    before: [
      ['a', 0],
      ['b', 1],
    ],
    after: [
      ['a', 0],
      ['new', 1],
      ['b', 2],
    ],
    reached: [
      [0, 'a'],
      [1, 'new'],
      [2, 'b'],
    ],
  },
  {
    what: 'a swap',
    before: [
      ['a', 0],
      ['b', 1],
    ],
    after: [
      ['a', 1],
      ['b', 0],
    ],
    reached: [
      [0, 'b'],
      [1, 'a'],
    ],
  },
  {
    what: 'a rotation',
    before: [
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ],
    after: [
      ['a', 1],
      ['b', 2],
      ['c', 0],
    ],
    reached: [
      [0, 'c'],
      [1, 'a'],
      [2, 'b'],
    ],
  },
  {
    what: 'a swap of wildcard and loopback addresses',
    before: [
      ['a', 0],
      ['b', 1, { host: '0.0.0.0' }],
    ],
    after: [
      ['a', 1],
      ['b', 0, { host: '' }],
    ],
    reached: [
      [0, 'b'],
      [1, 'a'],
    ],
  },
  {
    what: 'a move to the port of a proxy that is disabled',
    before: [
      ['a', 0],
      ['b', 1],
    ],
    after: [
      ['a', 1],
      ['b', 1, { host: '127.0.0.2', enabled: false }],
    ],
    reached: [[1, 'a']],
  },
  {
    what: 'a move to the port of a proxy that moves first',
    before: [
      ['a', 0],
      ['b', 1],
    ],
    after: [
      ['b', 2],
      ['a', 1],
    ],
    reached: [
      [1, 'a'],
      [2, 'b'],
    ],
  },
  {
    what: 'a wildcard in place of loopback on one port',
    before: [['a', 0]],
    after: [['a', 0, { host: '[::]' }]],
    reached: [[0, 'a']],
  },
];

for (const { what, before, after, reached } of CASES) {
  test(`populate carries out ${what}`, async (t) => {
    const { populate, reach } = await start(t);
    t.is((await populate(...before)).status, 201);
    const populated = await populate(...after);
    t.is(populated.status, 201, populated.body);
    t.deepEqual(
      populated.json.proxies.map(({ name }: { name: string }) => name),
      after.map(([name]) => name),
    );
    for (const [at, name] of reached) await reach(at, name);
    t.is((await populate(...after)).body, populated.body);
  });
}

test('a proxy that a shift does not concern keeps its connections and its toxics', async (t) => {
  const { call, populate, reach, echoes } = await start(t);
  await populate(['a', 0], ['b', 1]);
  await call('POST', '/proxies/a/toxics', { type: 'noop' });
  const [kept, moved] = [await reach(0, 'a'), await reach(1, 'b')];
  await populate(['a', 0], ['new', 1], ['b', 2]);
  await echoes(kept);
  t.is(await moved.how(), 'fin');
  t.like((await call('GET', '/proxies/a')).json, { toxics: [{ type: 'noop' }] });
});

for (const [what, rows] of [
  [
    'swap',
    [
      ['a', 1],
      ['b', 3],
    ],
  ],
  [
    'shift',
    [
      ['new', 1],
      ['a', 0],
      ['b', 3],
    ],
  ],
  [
    'rotation',
    [
      ['a', 1],
      ['c', 0],
      ['b', 3],
    ],
  ],
] as const satisfies readonly (readonly [string, readonly Row[]])[]) {
  test(`a ${what} onto the port of another program fails, and the old state comes back with its connections`, async (t) => {
    const { call, ports, populate, reach, echoes } = await start(t);
    const old = await populate(['a', 0], ['b', 1]);
    await call('POST', '/proxies/b/toxics', { type: 'noop' });
    const wires = [await reach(0, 'a'), await reach(1, 'b')];
    t.like(await populate(...rows), {
      status: 500,
      json: { error: `listen tcp 127.0.0.1:${ports[3]}: bind: address already in use`, status: 500, proxies: null },
    });
    for (const wire of wires) await echoes(wire);
    await reach(0, 'a');
    await reach(1, 'b');
    const { a, b, ...others } = (await call('GET', '/proxies')).json;
    t.deepEqual([a, { ...b, toxics: [] }], old.json.proxies);
    t.like(b, { toxics: [{ type: 'noop' }] });
    t.deepEqual(others, {});
  });
}

test('entries before a group that fails stay, and entries after it are not tried', async (t) => {
  const { call, populate, reach } = await start(t);
  await populate(['a', 0], ['b', 1]);
  const failed = await populate(['c', 2], ['a', 1], ['b', 3], ['new', 0]);
  t.is(failed.status, 500);
  t.deepEqual(
    failed.json.proxies.map(({ name }: { name: string }) => name),
    ['c'],
  );
  t.deepEqual(Object.keys((await call('GET', '/proxies')).json), ['a', 'b', 'c']);
  for (const [at, name] of [
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ] as const)
    await reach(at, name);
});

test('an update onto the port of another proxy fails and keeps the connections', async (t) => {
  const { call, ports, populate, reach, echoes } = await start(t);
  await populate(['a', 0], ['b', 1]);
  const wire = await reach(0, 'a');
  for (const [host, shown] of [
    ['127.0.0.1', '127.0.0.1'],
    ['', ''],
    ['0.0.0.0', '0.0.0.0'],
    ['[::]', '0.0.0.0'],
  ]) {
    const error = `listen tcp ${shown}:${ports[1]}: bind: address already in use`;
    t.like(await call('PATCH', '/proxies/a', { listen: `${host}:${ports[1]}` }), errorOf(500, error));
  }
  await echoes(wire);
  await reach(0, 'a');
});

test('an update that keeps the port and fails keeps the connections', async (t) => {
  const { call, ports, populate, reach, echoes } = await start(t);
  await populate(['a', 0]);
  const wire = await reach(0, 'a');
  const error = `listen tcp 192.0.2.1:${ports[0]}: bind: cannot assign requested address`;
  t.like(await call('PATCH', '/proxies/a', { listen: `192.0.2.1:${ports[0]}` }), errorOf(500, error));
  await echoes(wire);
  await reach(0, 'a');
});

for (const [listen, error] of [
  ['[fe80::1]:PORT', 'listen tcp [fe80::1]:PORT: bind: invalid argument'],
  ['[fe80::1%nope]:PORT', 'listen tcp [fe80::1%nope]:PORT: bind: invalid argument'],
  ['[ff02::1]:PORT', 'listen tcp [ff02::1]:PORT: bind: invalid argument'],
  ['192.0.2.1:PORT', 'listen tcp 192.0.2.1:PORT: bind: cannot assign requested address'],
  ['[::ffff:192.0.2.1]:PORT', 'listen tcp 192.0.2.1:PORT: bind: cannot assign requested address'],
] as const) {
  test(`the error of a listener on ${listen} is Toxiproxy's`, async (t) => {
    const { call, ports } = await start(t);
    const at = (text: string) => text.replace('PORT', String(ports[0]));
    const made = await call('POST', '/proxies', { name: 'p', listen: at(listen), upstream: '127.0.0.1:9' });
    t.like(made, errorOf(500, at(error)));
  });
}
