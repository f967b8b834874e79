import test from 'ava';
import { healthCheckRows } from '../../lib/health-check/health-check-row.js';
import { Sources } from '../../lib/health-check/sources.js';
import { ManualClock } from '../support/manual-clock.js';
import { startProxy } from '../support/proxy.js';
import { startUpstream } from '../support/upstream.js';
import { dialWire } from '../support/wire.js';

test('text every 10 s is refused each time, and is a health check from the fifth time on', async (t) => {
  const clock = new ManualClock();
  const sources = new Sources(10);
  const proxy = await startProxy(t, await startUpstream(t), { clock, sources });
  const found: boolean[] = [];
  for (let nth = 1; nth <= 6; nth++) {
    const client = await dialWire(t, proxy);
    await client.send('hello world');
    t.is(await client.how(), 'rst');
    const report = await proxy.nextReport();
    t.like(report, { healthCheckStyle: 'text', reason: { name: 'bad_header', severity: 'error' } });
    found.push(report.healthCheck);
    clock.advance(10_000);
  }
  t.deepEqual(found, [false, false, false, false, true, true]);
  const [row] = healthCheckRows(sources.checks, {}, 10).rows;
  t.like(row, {
    source: '127.0.0.1',
    periodMs: 10_000,
    jitterMs: 0,
    established: true,
    broker: { reason: 'bad_header', level: 'error', entries: 2, entriesPerDay: 17_280 },
  });
});

test('nothing is remembered while nobody listens for reports', async (t) => {
  const sources = new Sources(10);
  const proxy = await startProxy(t, await startUpstream(t), { sources });
  proxy.proxy.removeAllListeners('report');
  const client = await dialWire(t, proxy);
  await client.send('hello world');
  t.is(await client.how(), 'rst');
  while (proxy.proxy.connections > 0) await new Promise(setImmediate);
  t.deepEqual(sources.checks, []);
});
