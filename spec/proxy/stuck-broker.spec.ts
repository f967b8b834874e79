import test, { type ExecutionContext } from 'ava';
import {
  AMQP_HEADER,
  close10,
  described,
  frame10,
  list,
  open10,
  SASL,
  SASL_HEADER,
  saslInit,
  saslOutcome,
  symbol,
} from '../support/amqp10.js';
import { client as asks, concat, frame, broker as says } from '../support/bytes.js';
import { ManualClock } from '../support/manual-clock.js';
import type { ProxyOptions } from '../support/proxy.js';
import { HEADER, startRelaying } from '../support/relayed.js';
import { dialWire } from '../support/wire.js';

const TIMEOUT = 10_000;
const ANNOUNCED = { product: 'app', capabilities: { authentication_failure_close: true } };

/** A connection to a broker that can stop answering at any place. */
async function open(t: ExecutionContext, options: ProxyOptions = {}) {
  const clock = new ManualClock();
  const { proxy, connect } = await startRelaying(t, { clock, handshakeTimeout: TIMEOUT, ...options });
  const { client, broker } = await connect();
  return {
    clock,
    client,
    broker,
    proxy,
    say: async (by: 'client' | 'broker', octets: Uint8Array) => {
      const [from, to] = by === 'client' ? [client, broker] : [broker, client];
      const before = to.receivedLength;
      await from.send(octets);
      await to.octets(before + octets.length);
    },
  };
}

for (const [what, startOk] of [
  ['that accepts a reply', asks.startOk({ properties: ANNOUNCED })],
  ['that accepts none', asks.startOk()],
] as const) {
  test(`a broker that does not answer the login of a client ${what} has not refused it: handshake_timeout`, async (t) => {
    const { clock, client, broker, proxy, say } = await open(t);
    await say('broker', says.start());
    clock.advance(20);
    await say('client', startOk);
    clock.advance(TIMEOUT - 20);
    t.is(await client.how(), 'rst');
    t.is(await broker.how(), 'rst');
    t.like(await proxy.nextReport(), {
      stage: 'starting',
      reason: {
        name: 'handshake_timeout',
        term: '{handshake_timeout,frame_header}',
        sentence: `The broker at 127.0.0.1:${proxy.settings.upstream.port} sent no Tune in the 9.98 s after the client's login, and the handshake timed out after 10 s.`,
        inferred: false,
      },
      ended: { by: 'proxy' },
    });
    t.deepEqual(proxy.errors, [], 'no refused login was announced');
  });
}

test('a client that closes after a login that the broker never answers was not refused', async (t) => {
  const { clock, client, broker, proxy, say } = await open(t);
  await say('broker', says.start());
  await say('client', asks.startOk());
  clock.advance(1_500);
  client.fin();
  t.is(await broker.how(), 'fin');
  clock.advance(TIMEOUT - 1_500);
  t.is(await client.how(), 'rst');
  t.like(await proxy.nextReport(), { reason: { name: 'handshake_timeout' }, ended: { by: 'client' } });
});

test('a client that resets after an unanswered login was not refused', async (t) => {
  const { clock, client, proxy, say } = await open(t);
  await say('broker', says.start());
  await say('client', asks.startOk());
  clock.advance(1_500);
  client.rst();
  t.like(await proxy.nextReport(), {
    reason: {
      name: 'connection_closed_abruptly',
      sentence: `The client reset the connection 1.5 s after its login, before the broker at 127.0.0.1:${proxy.settings.upstream.port} sent Tune.`,
    },
  });
});

test('a client that closes after an unanswered login was refused if the broker then closes without Tune', async (t) => {
  for (const properties of [{ product: 'app' }, ANNOUNCED]) {
    const { client, broker, proxy, say } = await open(t);
    await say('broker', says.start());
    await say('client', asks.startOk({ properties }));
    client.fin();
    t.is(await broker.how(), 'fin');
    broker.rst();
    const name = properties === ANNOUNCED ? 'connection_closed_abruptly' : 'auth_failure';
    t.like(await proxy.nextReport(), { reason: { name } });
  }
});

test('a broker that sends no Start owes it, and the client that leaves is not a health check', async (t) => {
  for (const how of ['fin', 'rst', 'timeout'] as const) {
    const { clock, client, broker, proxy } = await open(t);
    clock.advance(1_500);
    if (how === 'timeout') clock.advance(TIMEOUT);
    else client[how]();
    t.is(await broker.how(), how === 'fin' ? 'fin' : 'rst');
    if (how === 'fin') broker.rst();
    const report = await proxy.nextReport();
    t.is(report.reason.name, how === 'timeout' ? 'handshake_timeout' : 'connection_closed_abruptly');
    t.regex(report.reason.sentence, /The broker at .* sent no Start in the|before the broker at .* sent Start\.$/);
    t.false(report.healthCheck);
  }
});

test('a client that leaves after a part of Start, a corrupt Start, or an echo of its header is not a health check', async (t) => {
  const start = says.start();
  const corrupt = concat(start.subarray(0, -1), Uint8Array.of(0));
  for (const answer of [start.subarray(0, start.length / 2), corrupt, HEADER]) {
    const { client, broker, proxy, say } = await open(t);
    await say('broker', answer);
    client.fin();
    await broker.how();
    broker.rst();
    t.like(await proxy.nextReport(), { reason: { name: 'connection_closed_abruptly' }, healthCheck: false });
  }
});

test('a client that was sent Start and says nothing owes Start-Ok', async (t) => {
  const { clock, client, proxy, say } = await open(t);
  clock.advance(20);
  await say('broker', says.start());
  clock.advance(TIMEOUT - 20);
  t.is(await client.how(), 'rst');
  t.is(
    (await proxy.nextReport()).reason.sentence,
    'The client did not open its AMQP connection within 10 s. The broker sent its Start 9.98 s before, and the client has sent nothing since.',
  );
});

const OPENING = concat(asks.startOk(), asks.tuneOk(), asks.open());

for (const isAnswered of [true, false]) {
  const name = isAnswered ? 'connection_closed' : 'connection_closed_abruptly';
  test(`Close and FIN together, ${isAnswered ? 'with' : 'without'} Close-Ok: ${name}`, async (t) => {
    const { client, broker, proxy, say } = await open(t);
    await say('broker', says.start());
    await say('client', OPENING);
    await say('broker', concat(says.tune(), says.openOk()));
    void client.send(asks.close());
    client.fin();
    t.is(await broker.how(), 'fin');
    if (isAnswered) await say('broker', frame({ name: 'connection.close-ok' }));
    broker.rst();
    t.like(await proxy.nextReport(), {
      stage: isAnswered ? 'closed' : 'closing',
      reason: { name, severity: isAnswered ? 'info' : 'warning', inferred: false },
      connectionClose: { by: 'client', code: 200 },
      ended: { by: 'client', clientSent: 'fin' },
    });
  });
}

test('a Close before the connection is open does not stop the handshake timeout', async (t) => {
  const { clock, client, proxy, say } = await open(t);
  await say('broker', says.start());
  await say('client', concat(asks.startOk(), asks.tuneOk()));
  await say('broker', says.tune());
  await say('client', asks.close());
  clock.advance(TIMEOUT);
  t.is(await client.how(), 'rst');
  t.is((await proxy.nextReport()).reason.name, 'handshake_timeout');
});

test('Open and Close in one segment do not stop the handshake timeout', async (t) => {
  const { clock, client, broker, proxy, say } = await open(t);
  await say('broker', says.start());
  await say('client', concat(asks.startOk(), asks.tuneOk()));
  await say('broker', says.tune());
  await say('client', concat(asks.open(), asks.close()));
  clock.advance(TIMEOUT);
  // A broker that has to answer may be asleep for 3 s, and 1 s late.
  clock.advance(4_000);
  t.is(await client.how(), 'rst');
  t.is(await broker.how(), 'rst');
  t.is((await proxy.nextReport()).reason.name, 'handshake_timeout');
});

const MECHANISMS = concat(SASL_HEADER, frame10(SASL, described(0x40, list(symbol('PLAIN')))));
const OPEN_CLOSE = concat(AMQP_HEADER, open10('/', 'app', '1.2'), close10());

for (const [what, first, answer, rest] of [
  ['with SASL', concat(SASL_HEADER), MECHANISMS, concat(saslInit(), OPEN_CLOSE)],
  ['after SASL', concat(SASL_HEADER, saslInit()), concat(MECHANISMS, saslOutcome(0)), OPEN_CLOSE],
  ['without SASL', AMQP_HEADER, AMQP_HEADER, OPEN_CLOSE.subarray(8)],
] as const) {
  test(`AMQP 1.0 ${what}: open and close in one segment do not stop the handshake timeout`, async (t) => {
    const clock = new ManualClock();
    const { proxy, upstream } = await startRelaying(t, { clock, handshakeTimeout: TIMEOUT });
    const client = await dialWire(t, proxy);
    await client.send(first);
    const broker = await upstream.next();
    await broker.octets(first.length);
    await broker.send(answer);
    await client.octets(answer.length);
    await client.send(rest);
    await broker.octets(first.length + rest.length);
    clock.advance(TIMEOUT);
    clock.advance(4_000);
    t.is(await client.how(), 'rst');
    t.is(await broker.how(), 'rst');
    t.is((await proxy.nextReport()).reason.name, 'handshake_timeout');
  });
}

test('a client that leaves an open connection is owed nothing', async (t) => {
  for (const how of ['fin', 'rst'] as const) {
    const { client, broker, proxy, say } = await open(t);
    await say('broker', says.start());
    await say('client', asks.startOk());
    await say('broker', says.tune());
    await say('client', concat(asks.tuneOk(), asks.open()));
    await say('broker', says.openOk());
    client[how]();
    t.is(await broker.how(), how);
    if (how === 'fin') broker.fin();
    const left = how === 'fin' ? 'closed the connection' : 'reset the connection';
    t.like(await proxy.nextReport(), {
      stage: 'running',
      reason: {
        name: 'connection_closed_abruptly',
        sentence: `The client ${left} without closing the AMQP connection.`,
      },
    });
  }
});
