import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { protocolHeader } from '../../lib/amqp/header.js';
import { systemClock } from '../../lib/clock.js';
import { identify } from '../../lib/probe/identify.js';
import { FRAME_CASES, HEADER_CASES } from '../../lib/probe/identifying-cases.js';
import { ProbeError } from '../../lib/probe/probe-error.js';
import { headerRules, NOTHING_LEARNED } from '../../lib/rules/header-rules.js';
import { StandIn } from '../../lib/stand-in/stand-in.js';
import { deadPort, endWithFin, startServer } from '../support/server.js';

test('a server that sends nothing is watched for less than a handshake timeout', async (t) => {
  const target = await startServer(t, (client) => client.resume());
  const startedAt = performance.now();
  t.like(await identify(target), { rabbitmq: false, kind: 'mute', close: null });
  t.true(performance.now() - startedAt < 8_000);
});

test('a server that accepts and closes is identified at once', async (t) => {
  const target = await startServer(t, (client) => endWithFin(client));
  const identity = await identify(target);
  t.like(identity, { rabbitmq: false, kind: 'closes', close: 'fin' });
  for (const { ms } of identity.evidence) t.true(ms < 1_500);
});

test('an HTTP server is identified', async (t) => {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  t.like(await identify({ host: '127.0.0.1', port }), { rabbitmq: false, kind: 'http' });
});

test('a broker that refuses every client at its first read is an AMQP broker, but not RabbitMQ', async (t) => {
  const target = await startServer(t, (client) => {
    client.once('readable', () => endWithFin(client, protocolHeader(0, 0, 9, 1)));
  });
  t.like(await identify(target), { rabbitmq: false, kind: 'amqp', close: 'fin' });
});

test('the good client comes first, so that a proxy can learn from it', async (t) => {
  const headers: string[] = [];
  const target = await startServer(t, (client) => {
    client.once('data', (octets) => headers.push(octets.toString('latin1', 0, 8)));
  });
  await identify(target);
  const good = 'AMQP\0\0\x09\x01';
  t.deepEqual(headers.slice(0, 3), [good, good, good]);
  const silent = ['fin', 'silence'];
  t.is(headers.length, [...HEADER_CASES, ...FRAME_CASES].filter(({ name }) => !silent.includes(name)).length);
});

test('the stand-in is not taken for RabbitMQ', async (t) => {
  const rules = headerRules({ dialect: '3.10', amqp10: 'off' }, NOTHING_LEARNED);
  const standIn = new StandIn({ rules, handshakeTimeout: 10_000, clock: systemClock });
  t.teardown(() => standIn.close());
  t.like(await identify(await standIn.listen()), { rabbitmq: false, kind: 'stand-in', close: 'rst' });
});

test('an unreachable server is one ProbeError', async (t) => {
  await t.throwsAsync(identify({ host: '127.0.0.1', port: await deadPort() }), { instanceOf: ProbeError });
});

test('an abort rejects with its reason', async (t) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const target = await startServer(t, () => stop.abort(reason));
  t.is(await t.throwsAsync(identify({ ...target, signal: stop.signal })), reason);
});
