import type { Socket } from 'node:net';
import test from 'ava';
import { protocolHeader } from '../../lib/amqp/header.js';
import { PROBE_CASES } from '../../lib/probe/cases.js';
import { probe } from '../../lib/probe/probe.js';
import { ProbeError } from '../../lib/probe/probe-error.js';
import { deadPort, endWithReset, startServer } from '../support/server.js';

const names = PROBE_CASES.map(({ name }) => name);

test('all cases are played at the same time, and returned in order', async (t) => {
  const clients: Socket[] = [];
  const target = await startServer(t, (client) => {
    clients.push(client);
    // No client is answered before all are connected.
    if (clients.length === names.length) for (const each of clients.reverse()) endWithReset(each);
  });
  const results = await probe({ ...target, expectedTimeout: 600_000 });
  t.deepEqual(
    results.map((result) => result.case),
    names,
  );
});

test('at most `concurrency` cases are played at the same time', async (t) => {
  let open = 0;
  let most = 0;
  const target = await startServer(t, (client) => {
    most = Math.max(most, ++open);
    client.once('close', () => open--);
    client.once('readable', () => endWithReset(client, protocolHeader(0, 0, 9, 1)));
  });
  const only = ['lowercase', 'ascii-0091', 'http-get', 'tls'];
  t.is((await probe({ ...target, only, concurrency: 1 })).length, 4);
  t.is(most, 1);
});

test('each case that has been played is counted', async (t) => {
  const target = await startServer(t, (client) => endWithReset(client));
  const counts: string[] = [];
  const played = (count: number, of: number) => counts.push(`${count} of ${of}`);
  await probe({ ...target, only: ['tls', 'fin'], played });
  t.deepEqual(counts, ['0 of 2', '1 of 2', '2 of 2']);
});

test('only the given cases are played', async (t) => {
  const target = await startServer(t, (client) => endWithReset(client));
  const results = await probe({ ...target, only: ['tls', 'fin'] });
  t.deepEqual(
    results.map((result) => result.case),
    ['fin', 'tls'],
  );
});

test('a result has exactly the keys of the JSON output', async (t) => {
  const target = await startServer(t, (client) => endWithReset(client));
  const [result] = await probe({ ...target, only: ['silence'] });
  t.deepEqual(Object.keys(result ?? {}), ['case', 'sent', 'received', 'end', 'ms']);
});

test('the error for an unknown case names it, and lists the cases', async (t) => {
  const error = await t.throwsAsync(() => probe({ host: '127.0.0.1', port: 1, only: ['fin', 'nope'] }), {
    instanceOf: RangeError,
  });
  t.regex(error?.message ?? '', /^there is no case "nope"; the cases are silence, fin, /);
});

test('an unreachable server is one ProbeError', async (t) => {
  const port = await deadPort();
  await t.throwsAsync(() => probe({ host: '127.0.0.1', port }), {
    instanceOf: ProbeError,
    message: `cannot reach 127.0.0.1:${port}: ECONNREFUSED`,
  });
});

test('an abort rejects with its reason', async (t) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const target = await startServer(t, () => stop.abort(reason));
  t.is(await t.throwsAsync(() => probe({ ...target, signal: stop.signal })), reason);
});

test('a host name with several addresses reaches the one that listens', async (t) => {
  const { port } = await startServer(t, (client) => {
    client.once('data', () => endWithReset(client, protocolHeader(0, 0, 9, 1)));
  });
  const [result] = await probe({ host: 'localhost', port, only: ['lowercase'] });
  t.like(result, { received: '414d515000000901', end: 'rst' });
});
