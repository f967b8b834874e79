import test, { type ExecutionContext } from 'ava';
import { listening } from '../../support/instance.js';
import { callsTo, startToxiproxy } from '../../support/toxiproxy.js';
import { startUpstream } from '../../support/upstream.js';
import { dialWire, type Wire } from '../../support/wire.js';

/** How much too early a timer may fire, in ms. */
const EARLY = 3;
/** In ms. Data held back this long does not arrive in these specs unless it is released. */
const VERY_LONG = 600_000;

const STREAMS = ['upstream', 'downstream'] as const;
type Stream = (typeof STREAMS)[number];

/** A proxy and both ends of the connections through it. */
async function start(t: ExecutionContext) {
  const call = callsTo((await startToxiproxy(t)).url);
  const upstream = await startUpstream(t);
  const made = await call('POST', '/proxies', {
    name: 'p',
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${upstream.port}`,
  });
  const listen = listening(made.json.listen);
  const add = async (type: string, attributes: object, stream: Stream, more: object = {}) => {
    const { status, body } = await call('POST', '/proxies/p/toxics', { name: 't', type, attributes, stream, ...more });
    t.is(status, 200, body);
  };
  const change = async (attributes: object) => {
    t.is((await call('PATCH', '/proxies/p/toxics/t', { attributes })).status, 200);
  };
  const remove = async () => t.is((await call('DELETE', '/proxies/p/toxics/t')).status, 204);
  const connect = async () => {
    const client = await dialWire(t, listen);
    return { client, server: await upstream.next() };
  };
  return { call, add, change, remove, connect };
}

type Ends = {
  /** The ends of the stream that the toxic affects. */
  readonly from: Wire;
  readonly to: Wire;
  readonly client: Wire;
  readonly server: Wire;
};
type Started = Awaited<ReturnType<typeof start>>;

/** Returns what `to` received since the last call. */
const more = async (to: Wire, count: number): Promise<string> => {
  const before = to.receivedLength;
  return (await to.octets(before + count)).subarray(before).toString();
};

const since = (began: number): number => performance.now() - began;

/** Checks that octets of the other stream pass. */
async function otherPasses(t: ExecutionContext, { from, to }: Ends): Promise<void> {
  const came = more(from, 5);
  await to.send('other');
  t.is(await came, 'other');
}

const bothEnd = async (t: ExecutionContext, { client, server }: Ends, how: 'fin' | 'rst') =>
  t.deepEqual(await Promise.all([client.how(), server.how()]), [how, how]);

type Case = {
  readonly type: string;
  readonly what: string;
  readonly attributes: object;
  /** `began`: a time before the toxic started to act (`performance.now`). */
  readonly see: (t: ExecutionContext, ends: Ends & { readonly began: number }, started: Started) => Promise<void>;
};

const CASES: readonly Case[] = [
  {
    type: 'latency',
    what: 'data is delayed',
    attributes: { latency: 60 },
    see: async (t, { from, to }) => {
      const began = performance.now();
      const came = more(to, 4);
      await from.send('late');
      t.is(await came, 'late');
      t.true(since(began) >= 60 - EARLY);
    },
  },
  {
    type: 'latency',
    what: 'removal releases delayed data at once',
    attributes: { latency: VERY_LONG },
    see: async (t, ends, { remove }) => {
      const came = more(ends.to, 4);
      await ends.from.send('late');
      await otherPasses(t, ends);
      await remove();
      t.is(await came, 'late');
    },
  },
  {
    type: 'bandwidth',
    what: 'data arrives at the rate',
    attributes: { rate: 10 },
    see: async (t, { from, to }) => {
      const began = performance.now();
      const came = more(to, 3_000);
      await from.send('x'.repeat(3_000));
      t.is(await came, 'x'.repeat(3_000));
      t.true(since(began) >= 200 - EARLY);
    },
  },
  {
    type: 'slow_close',
    what: 'the end is delayed',
    attributes: { delay: 150 },
    see: async (t, { from, to }) => {
      const came = more(to, 4);
      await from.send('last');
      t.is(await came, 'last');
      const began = performance.now();
      from.fin();
      t.is(await to.how(), 'fin');
      t.true(since(began) >= 150 - EARLY);
    },
  },
  {
    type: 'slow_close',
    what: 'removal releases a delayed end at once',
    attributes: { delay: VERY_LONG },
    see: async (t, ends, { remove }) => {
      ends.from.fin();
      await otherPasses(t, ends);
      await remove();
      t.is(await ends.to.how(), 'fin');
    },
  },
  {
    type: 'timeout',
    what: 'data is discarded, the other stream is not affected, and removal closes the connection',
    attributes: { timeout: 0 },
    see: async (t, ends, { remove }) => {
      const before = ends.to.receivedLength;
      await ends.from.send('lost');
      await otherPasses(t, ends);
      await remove();
      await bothEnd(t, ends, 'fin');
      t.is(ends.to.receivedLength, before);
    },
  },
  {
    type: 'timeout',
    what: 'both sides are closed after the timeout',
    attributes: { timeout: 100 },
    see: async (t, ends) => {
      const before = ends.to.receivedLength;
      await ends.from.send('lost');
      await bothEnd(t, ends, 'fin');
      t.true(since(ends.began) >= 100 - EARLY);
      t.is(ends.to.receivedLength, before);
    },
  },
  {
    type: 'reset_peer',
    what: 'data is discarded, and both sides are reset after the timeout',
    attributes: { timeout: VERY_LONG },
    see: async (t, ends, { change }) => {
      const before = ends.to.receivedLength;
      await ends.from.send('lost');
      await otherPasses(t, ends);
      await change({ timeout: 1 });
      await bothEnd(t, ends, 'rst');
      t.is(ends.to.receivedLength, before);
    },
  },
  {
    type: 'slicer',
    what: 'data arrives in pieces, with the delay after each',
    attributes: { average_size: 2, size_variation: 0, delay: 20_000 },
    see: async (t, { from, to }) => {
      const began = performance.now();
      const came = more(to, 8);
      await from.send('12345678');
      t.is(await came, '12345678');
      t.true(since(began) >= 60 - EARLY, 'four pieces, three delays between them');
    },
  },
  {
    type: 'limit_data',
    what: 'the limit passes, and both sides are closed',
    attributes: { bytes: 5 },
    see: async (t, ends) => {
      const came = more(ends.to, 5);
      await ends.from.send('12345678');
      t.is(await came, '12345');
      await bothEnd(t, ends, 'fin');
    },
  },
  {
    type: 'noop',
    what: 'nothing happens',
    attributes: {},
    see: async (t, { from, to }) => {
      const came = more(to, 4);
      await from.send('same');
      t.is(await came, 'same');
    },
  },
];

for (const { type, what, attributes, see } of CASES) {
  for (const stream of STREAMS) {
    for (const isOpen of [false, true]) {
      const on = isOpen ? 'a connection that is open' : 'a new connection';
      test(`17. ${type} ${JSON.stringify(attributes)} ${stream} on ${on}: ${what}`, async (t) => {
        const started = await start(t);
        if (!isOpen) await started.add(type, attributes, stream);
        let began = performance.now();
        const { client, server } = await started.connect();
        const [from, to] = stream === 'upstream' ? [client, server] : [server, client];
        if (isOpen) {
          await from.send('before');
          await to.octets(6);
          began = performance.now();
          await started.add(type, attributes, stream);
        }
        await see(t, { from, to, client, server, began }, started);
      });
    }
  }
}

for (const stream of STREAMS) {
  test(`18. bandwidth 0 ${stream} holds, and releases what it held when it is removed`, async (t) => {
    const started = await start(t);
    const { client, server } = await started.connect();
    const [from, to] = stream === 'upstream' ? [client, server] : [server, client];
    await started.add('bandwidth', { rate: 0 }, stream);
    await from.send('held');
    await otherPasses(t, { from, to, client, server });
    t.is(to.receivedLength, 0);
    await started.remove();
    t.is((await to.octets(4)).toString(), 'held');
  });

  test(`18. bandwidth 0 ${stream} delays the end until after what it holds back`, async (t) => {
    const started = await start(t);
    await started.add('bandwidth', { rate: 0 }, stream);
    const { client, server } = await started.connect();
    const [from, to] = stream === 'upstream' ? [client, server] : [server, client];
    await from.send('held');
    from.fin();
    await otherPasses(t, { from, to, client, server });
    await started.change({ rate: 1_000 });
    t.is((await to.octets(4)).toString(), 'held');
    t.is(await to.how(), 'fin');
  });
}

test('18. removing a timeout closes a connection that it affected, and not a later one', async (t) => {
  const { add, remove, connect } = await start(t);
  await add('timeout', { timeout: 0 }, 'downstream');
  const held = await connect();
  await held.client.send('up');
  await held.server.octets(2);
  await remove();
  t.deepEqual(await Promise.all([held.client.how(), held.server.how()]), ['fin', 'fin']);
  const { client, server } = await connect();
  await server.send('down');
  t.is((await client.octets(4)).toString(), 'down');
});

test('18. each chunk that a timeout discards restarts its clock', async (t) => {
  const { add, call, connect } = await start(t);
  await add('timeout', { timeout: 400 }, 'upstream');
  const { client, server } = await connect();
  /** Whether the proxy has read this many chunks while the connection was open. */
  const hasRead = async (count: number): Promise<boolean> => {
    const [open] = (await call('GET', '/connections')).json;
    return open !== undefined && (open.octets.received >= count || hasRead(count));
  };
  let last = performance.now();
  for (let count = 1; count <= 4; count++) {
    const sent = performance.now();
    await client.send('x');
    // On a busy machine the chunk may arrive after the timeout.
    if (!(await hasRead(count))) break;
    last = sent;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
  t.true(since(last) >= 400 - EARLY);
  t.is(server.receivedLength, 0);
});

test('18. a timeout closes a silent client', async (t) => {
  const { add, connect } = await start(t);
  await add('timeout', { timeout: 100 }, 'upstream');
  const { client, server } = await connect();
  t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
});

for (const [what, chunks, passes, isOver] of [
  ['12 octets at once', ['123456789012'], '12345678', true],
  ['8 octets, the limit exactly', ['12345678'], '12345678', true],
  ['4 and 3 octets', ['1234', '567'], '1234567', false],
  ['4 and 5 octets', ['1234', '56789'], '12345678', true],
] as const) {
  test(`18. limit_data exact boundary: of 8, ${what}`, async (t) => {
    const started = await start(t);
    await started.add('limit_data', { bytes: 8 }, 'upstream');
    const { client, server } = await started.connect();
    let due = 0;
    for (const chunk of chunks) {
      await client.send(chunk);
      due = Math.min(8, due + chunk.length);
      await server.octets(due);
    }
    if (isOver) t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
    else await otherPasses(t, { from: client, to: server, client, server });
    t.is(server.received.toString(), passes);
  });
}

test('18. limit_data 0 leaves a silent connection alone, and closes at the first byte', async (t) => {
  const { add, connect } = await start(t);
  await add('limit_data', { bytes: 0 }, 'upstream');
  const { client, server } = await connect();
  await otherPasses(t, { from: client, to: server, client, server });
  await client.send('x');
  t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
  t.is(server.receivedLength, 0);
});

test('18. an update keeps the count of limit_data, so the limit can be raised', async (t) => {
  const { add, change, connect } = await start(t);
  await add('limit_data', { bytes: 4 }, 'downstream');
  const { client, server } = await connect();
  await server.send('123');
  await client.octets(3);
  await change({ bytes: 6 });
  await server.send('4567');
  t.deepEqual(await Promise.all([client.how(), server.how()]), ['fin', 'fin']);
  t.is(client.received.toString(), '123456');
});

test('18. the count of limit_data starts when it is added', async (t) => {
  const { add, connect } = await start(t);
  const { client, server } = await connect();
  await client.send('before');
  await server.octets(6);
  await add('limit_data', { bytes: 4 }, 'upstream');
  await client.send('12345');
  t.is(await server.how(), 'fin');
  t.is(server.received.toString(), 'before1234');
});

test('18. reset_peer sends a RST: the end of the stream counts as its first chunk', async (t) => {
  const { add, change, connect } = await start(t);
  await add('reset_peer', { timeout: VERY_LONG }, 'upstream');
  const { client, server } = await connect();
  client.fin();
  await otherPasses(t, { from: client, to: server, client, server });
  await change({ timeout: 1 });
  t.deepEqual(await Promise.all([client.how(), server.how()]), ['rst', 'rst']);
});

test('18. reset_peer can be removed while it waits', async (t) => {
  const { add, remove, connect } = await start(t);
  await add('reset_peer', { timeout: VERY_LONG }, 'downstream');
  const { client, server } = await connect();
  await server.send('lost');
  await otherPasses(t, { from: server, to: client, client, server });
  await remove();
  await Promise.all([client.how(), server.how()]);
  t.is(client.receivedLength, 0);
});

test('18. reset_peer with toxicity 0 leaves no trace: disabling the proxy is a FIN to the client', async (t) => {
  const { add, call, connect } = await start(t);
  await add('reset_peer', { timeout: 0 }, 'upstream', { toxicity: 0 });
  const { client, server } = await connect();
  await client.send('hello');
  await server.octets(5);
  await call('PATCH', '/proxies/p', { enabled: false });
  t.is(await client.how(), 'fin');
});

test('18. slow_close upstream relays a late answer', async (t) => {
  const { add, connect } = await start(t);
  await add('slow_close', { delay: VERY_LONG }, 'upstream');
  const { client, server } = await connect();
  await client.send('ask');
  client.fin();
  await server.octets(3);
  await server.send('late');
  t.is((await client.octets(4)).toString(), 'late');
});

test('18. several latencies add up, and the end comes after the octets', async (t) => {
  const { call, add, connect } = await start(t);
  await add('latency', { latency: 60 }, 'downstream');
  await call('POST', '/proxies/p/toxics', { name: 'second', type: 'latency', attributes: { latency: 60 } });
  const { client, server } = await connect();
  await client.send('x');
  await server.octets(1);
  const began = performance.now();
  await server.send('late');
  server.fin();
  t.is((await client.octets(4)).toString(), 'late');
  t.true(since(began) >= 120 - EARLY);
  t.is(await client.how(), 'fin');
});

for (const [toxicity, passes] of [
  [0, true],
  [-1, true],
  [1, false],
  [7, false],
] as const) {
  test(`18. a toxicity of ${toxicity} ${passes ? 'never' : 'always'} acts`, async (t) => {
    const { add, connect } = await start(t);
    await add('limit_data', { bytes: 0 }, 'upstream', { toxicity });
    for (let at = 0; at < 20; at++) {
      const { client, server } = await connect();
      await client.send('x');
      if (passes) await server.octets(1);
      else t.is(await client.how(), 'fin');
      client.destroy();
    }
    t.pass();
  });
}

test('18. a toxicity of 0.5 acts on about half of 200 connections', async (t) => {
  const { add, connect } = await start(t);
  await add('limit_data', { bytes: 0 }, 'upstream', { toxicity: 0.5 });
  let closed = 0;
  for (let at = 0; at < 200; at++) {
    const { client, server } = await connect();
    await client.send('x');
    const came = server.octets(1).then(
      () => false,
      () => true,
    );
    if (await came) closed += 1;
    client.destroy();
  }
  // Six standard deviations.
  t.true(closed > 57 && closed < 143, `${closed} of 200`);
});

test('18. when the upstream refuses, the client is accepted and closed at once', async (t) => {
  const call = callsTo((await startToxiproxy(t)).url);
  const made = await call('POST', '/proxies', { name: 'p', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' });
  const client = await dialWire(t, listening(made.json.listen));
  t.is(await client.how(), 'fin');
});
