import { once } from 'node:events';
import type { Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { encodeMethodFrame } from '../../lib/amqp/connection-methods.js';
import { protocolHeader } from '../../lib/amqp/header.js';
import { PROBE_CASES, type ProbeCase } from '../../lib/probe/cases.js';
import { type ProbeResult, play } from '../../lib/probe/play.js';
import { ProbeError } from '../../lib/probe/probe-error.js';
import { fixture } from '../support/fixture.js';
import { deadPort, endWithFin, endWithReset, startServer } from '../support/server.js';

const FAREWELL = protocolHeader(0, 0, 9, 1);
const FAREWELL_HEX = '414d515000000901';

function named(name: string): ProbeCase {
  const found = PROBE_CASES.find((probeCase) => probeCase.name === name);
  if (!found) throw new Error(`no case ${name}`);
  return found;
}

async function playAgainst(
  t: ExecutionContext,
  serve: (client: Socket) => void,
  { name = 'lowercase', expectedTimeout = 5000, times = 1 } = {},
): Promise<ProbeResult[]> {
  const target = await startServer(t, serve);
  const playOnce = () => play(named(name), { ...target, expectedTimeout });
  return Promise.all(Array.from({ length: times }, playOnce));
}

/** The number of times each outcome was observed. */
function outcomes(results: readonly ProbeResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { received, end } of results) {
    const outcome = `${received} ${end}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test.serial('a farewell followed by an RST is reported as such, 100 times out of 100', async (t) => {
  const results = await playAgainst(t, (client) => client.once('data', () => endWithReset(client, FAREWELL)), {
    times: 100,
  });
  t.deepEqual(outcomes(results), { [`${FAREWELL_HEX} rst`]: 100 });
});

test.serial('a farewell followed by a FIN is reported as such, 100 times out of 100', async (t) => {
  const results = await playAgainst(t, (client) => client.once('data', () => endWithFin(client, FAREWELL)), {
    times: 100,
  });
  t.deepEqual(outcomes(results), { [`${FAREWELL_HEX} fin`]: 100 });
});

test.serial('a farewell and an RST that arrive at a busy client are both reported, 100 times out of 100', async (t) => {
  const busy = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  const serve = (client: Socket) =>
    client.once('data', () => {
      endWithReset(client, FAREWELL);
      setImmediate(busy);
    });
  t.deepEqual(outcomes(await playAgainst(t, serve, { times: 100 })), { [`${FAREWELL_HEX} rst`]: 100 });
});

test.serial('an RST at accept is reported as an RST, and a FIN as a FIN, 100 times out of 100', async (t) => {
  const name = 'silence';
  t.deepEqual(outcomes(await playAgainst(t, (client) => endWithReset(client), { name, times: 100 })), { ' rst': 100 });
  t.deepEqual(outcomes(await playAgainst(t, (client) => endWithFin(client), { name, times: 100 })), { ' fin': 100 });
});

test("an RST in reply to the client's FIN is reported as an RST, and a FIN as a FIN", async (t) => {
  const onFin = (end: (client: Socket) => void) => (client: Socket) => {
    client.resume();
    client.once('end', () => end(client));
  };
  for (const name of ['fin', 'partial-fin', 'seven-fin']) {
    t.deepEqual(outcomes(await playAgainst(t, onFin(endWithReset), { name })), { ' rst': 1 });
    t.deepEqual(outcomes(await playAgainst(t, onFin(endWithFin), { name })), { ' fin': 1 });
  }
});

test('silence is watched for 1.25 times the expected timeout', async (t) => {
  const [result] = await playAgainst(t, () => {}, { name: 'silence', expectedTimeout: 200 });
  t.like(result, { case: 'silence', sent: '', received: '', end: 'open' });
  // Timers and clock can differ by a millisecond.
  t.true((result?.ms ?? 0) >= 249);
});

test('a close up to a quarter later than the expected timeout is reported', async (t) => {
  const [result] = await playAgainst(t, (client) => setTimeout(endWithReset, 2100, client), {
    name: 'silence',
    expectedTimeout: 2000,
  });
  t.is(result?.end, 'rst');
});

test('the time is measured from connecting to the close, to a tenth of a millisecond', async (t) => {
  // The server starts its timer when the client's octets arrive: the client is connected by then.
  const serve = (client: Socket) => client.once('data', () => setTimeout(endWithReset, 60, client));
  const [result] = await playAgainst(t, serve);
  t.true((result?.ms ?? 0) >= 58);
  t.regex(String(result?.ms), /^\d+(\.\d)?$/);
});

test('an accepted client is watched a bit longer, not until the timeout', async (t) => {
  const start = fixture('connection-start-3.10.8');
  const [result] = await playAgainst(t, (client) => client.once('data', () => client.write(start)), {
    name: 'amqp-0-9-1',
    expectedTimeout: 600_000,
  });
  t.deepEqual(
    { ...result, ms: 0 },
    {
      case: 'amqp-0-9-1',
      sent: FAREWELL_HEX,
      received: Buffer.from(start).toString('hex'),
      end: 'open',
      ms: 0,
    },
  );
});

test('a close right after the answer is reported', async (t) => {
  const close = encodeMethodFrame({
    name: 'connection.close',
    replyCode: 320,
    replyText: 'CONNECTION_FORCED - no',
    classId: 0,
    methodId: 0,
  });
  const [result] = await playAgainst(t, (client) => client.once('data', () => endWithReset(client, close)), {
    name: 'amqp-0-9-1',
  });
  t.is(result?.end, 'rst');
});

test('a header alone is not an answer: it can be a refusal with a late close', async (t) => {
  const serve = (client: Socket) => {
    client.write(FAREWELL);
    setTimeout(endWithReset, 200, client);
  };
  const [result] = await playAgainst(t, serve, { name: 'amqp-1-0' });
  t.like(result, { received: FAREWELL_HEX, end: 'rst' });
});

test('parts arrive separately', async (t) => {
  const chunks: string[] = [];
  const serve = (client: Socket) =>
    client.on('data', (chunk) => {
      chunks.push(chunk.toString());
      if (chunks.length === 2) endWithReset(client);
    });
  const [result] = await playAgainst(t, serve, { name: 'ascii-0091-split' });
  t.deepEqual(chunks, ['AMQP', '0091']);
  t.is(result?.sent, Buffer.from('AMQP0091').toString('hex'));
});

test('a part that was not sent is not reported as sent', async (t) => {
  const [result] = await playAgainst(t, (client) => client.once('data', () => endWithReset(client)), {
    name: 'ascii-0091-split',
  });
  t.like(result, { sent: Buffer.from('AMQP').toString('hex'), end: 'rst' });
});

test('an endless reply is cut off at 64 KiB', async (t) => {
  const [result] = await playAgainst(t, (client) => endWithFin(client, new Uint8Array(100_000)), { name: 'silence' });
  t.is(result?.received.length, 2 * 64 * 1024);
  t.is(result?.end, 'fin');
});

test('the error for an unreachable server is one line', async (t) => {
  const port = await deadPort();
  const error = await t.throwsAsync(() => play(named('silence'), { host: '127.0.0.1', port, expectedTimeout: 100 }), {
    instanceOf: ProbeError,
    code: 'ERR_PROBE_UNREACHABLE',
    message: `cannot reach 127.0.0.1:${port}: ECONNREFUSED`,
  });
  t.like(error, { host: '127.0.0.1', port, reason: 'ECONNREFUSED' });
});

test('an abort ends a case at once, with its reason, and closes the connection', async (t) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  let left: Promise<unknown> = Promise.resolve();
  const target = await startServer(t, (client) => {
    client.resume();
    left = once(client, 'end');
    stop.abort(reason);
  });
  const played = play(named('silence'), { ...target, expectedTimeout: 600_000, signal: stop.signal });
  t.is(await t.throwsAsync(played), reason);
  await left;
  t.pass();
});
