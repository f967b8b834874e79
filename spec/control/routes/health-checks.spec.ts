import test from 'ava';
import { reportOf } from '../../../lib/report/report-of.js';
import { ascii } from '../../support/bytes.js';
import { startControl } from '../../support/control.js';
import { listening } from '../../support/instance.js';
import { until } from '../../support/rabbitmq/until.js';
import { factsOf } from '../../support/report.js';
import { dialWire } from '../../support/wire.js';

// No connection may end because a busy machine is slow.
const CONFIG = 'listen: 127.0.0.1:0\nupstream: stand-in\nhandshakeTimeout: 10m';
const octets = ascii('hello wo');

test('the health checks of a source are returned with their period and what the broker logs', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  const now = Date.now();
  for (const at of [0, 1, 2, 3, 4, 5]) {
    const reason = { name: 'bad_header', detail: 'other', octets } as const;
    reportOf(factsOf({ client: '10.0.0.7:1', at: now + 10_000 * at, reason, header: octets }), instance.sources);
  }
  const { body } = await call('GET', '/health-checks?source=10.0.0.7&proxy=amqp&style=text');
  t.like(body, {
    sources: [
      {
        source: '10.0.0.7',
        proxy: 'amqp',
        style: 'text',
        periodMs: 10_000,
        jitterMs: 0,
        count: 6,
        firstSeen: new Date(now).toISOString(),
        established: true,
        broker: { reason: 'bad_header', level: 'error', entries: 2, entriesPerDay: 17_280 },
      },
    ],
    total: 1,
    dropped: 0,
  });
  for (const filter of ['source=10.0.0.8', 'proxy=other', 'style=no_data']) {
    t.deepEqual((await call('GET', `/health-checks?${filter}`)).body.sources, [], filter);
  }
  t.like((await call('GET', '/health-checks?limit=0')).body, { sources: [], total: 1 });
});

test('a real client is in the list with the style of its connection', async (t) => {
  const { call, instance } = await startControl(t, CONFIG);
  (await dialWire(t, listening(instance.proxies.all[0]?.listen))).fin();
  const found = await until(async () => {
    const { body } = await call('GET', '/health-checks');
    return body.sources.length > 0 && body.sources;
  }, 5_000);
  t.like(found[0], { source: '127.0.0.1', style: 'no_data', count: 1, periodMs: null, established: false });
  t.is(found[0].broker.entriesPerDay, null);
});

test('with healthCheckSources: 0 nothing is remembered', async (t) => {
  const { call, instance } = await startControl(t, `${CONFIG}\nhealthCheckSources: 0`);
  t.is(instance.sources, null);
  t.like((await call('GET', '/health-checks')).body, { sources: [], total: 0, dropped: 0 });
});

test('with invisibleChecks: off the reason is that setting', async (t) => {
  const { call } = await startControl(t, `${CONFIG}\ninvisibleChecks: off`);
  const { note, ...invisible } = (await call('GET', '/health-checks')).body.invisible;
  t.deepEqual(invisible, {
    available: false,
    why: 'the setting invisibleChecks is off',
    count: 0,
    periodMs: null,
    since: null,
    firstSeen: null,
    lastSeen: null,
  });
  t.regex(note, /^The source is not known/);
});

test('an unknown style and a bad limit are rejected', async (t) => {
  const { call } = await startControl(t, CONFIG);
  const wrong = await call('GET', '/health-checks?style=ping');
  t.is(wrong.status, 400);
  t.regex(wrong.body.error, /^style must be one of no_data, .*, not "ping"$/);
  t.is((await call('GET', '/health-checks?limit=many')).status, 400);
});
