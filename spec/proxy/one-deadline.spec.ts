import test, { type ExecutionContext } from 'ava';
import { client as asks, concat, hex, plain, broker as says } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import type { ProxyOptions } from '../support/proxy.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { dialWire, type Wire } from '../support/wire.js';

const TIMEOUT = 10_000;
/** How long a broker stays silent after an error before it closes. */
const SLEEP = 3_000;

type Open = {
  readonly clock: ManualClock;
  readonly client: Wire;
  readonly broker: Wire;
  readonly report: () => ReturnType<Awaited<ReturnType<typeof startRelaying>>['proxy']['nextReport']>;
  /** Sends bytes from a side and waits until they have arrived. */
  readonly say: (by: 'client' | 'broker', octets: Uint8Array) => Promise<void>;
};

/** A connection whose header arrived this many ms after accept. */
async function open(t: ExecutionContext, options: ProxyOptions = {}): Promise<Open> {
  const clock = new ManualClock();
  const { proxy, connect } = await startRelaying(t, { clock, handshakeTimeout: TIMEOUT, ...options });
  const { client, broker } = await connect();
  return {
    clock,
    client,
    broker,
    report: () => proxy.nextReport(),
    say: async (by, octets) => {
      const [from, to] = by === 'client' ? [client, broker] : [broker, client];
      const before = to.receivedLength;
      await from.send(octets);
      await to.octets(before + octets.length);
    },
  };
}

/** Both sides are reset at this time, and not 1 ms earlier. */
async function isEndedAfter(t: ExecutionContext, { clock, client, broker }: Open, ms: number): Promise<void> {
  clock.advance(ms - 1);
  await new Promise(setImmediate);
  t.is(clock.timers > 0, true, 'the deadline is still pending');
  clock.advance(1);
  t.is(await client.how(), 'rst');
  t.is(await broker.how(), 'rst');
}

test('a late dial gives the broker no extra time: both sides are reset at the timeout, counted from accept', async (t) => {
  const opened = await open(t);
  opened.clock.advance(6_000);
  await opened.say('broker', says.start());
  await isEndedAfter(t, opened, 4_000);
  t.like(await opened.report(), {
    reason: { name: 'handshake_timeout', term: '{handshake_timeout,frame_header}', inferred: false },
    ended: { by: 'proxy', clientSaw: 'rst', upstreamSaw: 'rst' },
    durationMs: TIMEOUT,
  });
});

test('half a frame is named in the reason', async (t) => {
  const opened = await open(t);
  await opened.say('broker', says.start());
  await opened.say('client', hex('01 0000 00000024 000a'));
  await isEndedAfter(t, opened, TIMEOUT);
  t.is((await opened.report()).reason.term, '{handshake_timeout,{frame_payload,1,0,36}}');
});

test('neither bytes nor heartbeats postpone the deadline', async (t) => {
  const opened = await open(t);
  await opened.say('broker', says.start());
  for (let second = 0; second < 9; second++) {
    opened.clock.advance(1_000);
    await opened.say('client', hex('08 0000 00000000 ce'));
  }
  await isEndedAfter(t, opened, 1_000);
  t.is((await opened.report()).reason.name, 'handshake_timeout');
});

const asleep: readonly (readonly [what: string, octets: Uint8Array, name: string])[] = [
  ['a login', asks.startOk({ response: plain('guest', 'wrong') }), 'auth_failure'],
  ['bytes that are not a frame', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'handshake_error'],
  ['a login with an unknown mechanism', asks.startOk({ mechanism: 'NOPE' }), 'handshake_error'],
];
/** The broker should end the connection first, and can be late. */
const GRACE = 1_000;
for (const [what, octets, name] of asleep) {
  test(`after ${what} at 9.5 s a broker that closes 3 s later refused it: ${name}`, async (t) => {
    const { clock, client, broker, say, report } = await open(t);
    await say('broker', says.start());
    clock.advance(9_500);
    await say('client', octets);
    clock.advance(SLEEP);
    broker.rst();
    t.is(await client.how(), 'rst');
    t.like(await report(), { reason: { name, inferred: true }, ended: { by: 'upstream' }, durationMs: 12_500 });
  });

  test(`after ${what} at 9.5 s the broker has 3 more seconds`, async (t) => {
    const opened = await open(t);
    await opened.say('broker', says.start());
    opened.clock.advance(9_500);
    await opened.say('client', octets);
    opened.clock.advance(500);
    await isEndedAfter(t, opened, SLEEP - 500 + GRACE);
    t.like(await opened.report(), { reason: { name: 'handshake_timeout', inferred: false }, durationMs: 13_500 });
  });
}

test('an answered login gives no extra time', async (t) => {
  const opened = await open(t);
  await opened.say('broker', says.start());
  opened.clock.advance(9_500);
  await opened.say('client', asks.startOk());
  await opened.say('broker', says.tune());
  await isEndedAfter(t, opened, 500);
  t.is((await opened.report()).reason.name, 'handshake_timeout');
});

test('an Open at 9.5 s gives extra time', async (t) => {
  const opened = await open(t);
  await opened.say('broker', says.start());
  await opened.say('client', asks.startOk());
  await opened.say('broker', says.tune());
  opened.clock.advance(9_500);
  await opened.say('client', concat(asks.tuneOk(), asks.open()));
  opened.clock.advance(2_000);
  await opened.say('broker', says.openOk());
  t.is(opened.clock.timers, 0);
});

const ends: readonly (readonly [what: string, options: ProxyOptions, said: (opened: Open) => Promise<void>])[] = [
  [
    'Open-Ok ends the deadline',
    {},
    async ({ say }) => {
      await say('broker', says.start());
      await say('client', concat(asks.startOk(), asks.tuneOk(), asks.open()));
      await say('broker', concat(says.tune(), says.openOk()));
    },
  ],
  [
    'the broker’s Close ends the deadline',
    {},
    async ({ say }) => {
      await say('broker', says.start());
      await say('client', asks.startOk());
      await say('broker', asks.close());
    },
  ],
  ['mode observe has no deadline', { mode: 'observe' }, async ({ say }) => say('broker', says.start())],
];
for (const [what, options, said] of ends) {
  test(what, async (t) => {
    const opened = await open(t, options);
    await said(opened);
    t.is(opened.clock.timers, 0);
    opened.clock.advance(10 * TIMEOUT);
    await opened.say('client', Buffer.from('still here'));
  });
}

test('a deadline that is due between the header and the dial still ends the connection', async (t) => {
  const clock = new ManualClock();
  const { proxy, upstream } = await startRelaying(t, { clock, handshakeTimeout: TIMEOUT });
  // After the bytes, before the dial.
  proxy.proxy.once('accepting', () => setImmediate(() => clock.advance(TIMEOUT)));
  const client = await dialWire(t, proxy);
  await client.send(HEADER);
  const broker = await upstream.next();
  await broker.octets(HEADER.length);
  clock.advance(1);
  t.is(await client.how(), 'rst');
  t.is(await broker.how(), 'rst');
  t.is((await proxy.nextReport()).reason.name, 'handshake_timeout');
});

test('no deadline is left when the connection has ended', async (t) => {
  const opened = await open(t);
  opened.client.rst();
  await opened.report();
  t.is(opened.clock.timers, 0);
});
