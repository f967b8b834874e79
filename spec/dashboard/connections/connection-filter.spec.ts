import test from 'ava';
import { NOTHING_SAID } from '../../../lib/amqp/handshake.js';
import {
  type ConnectionFilter,
  hostOf,
  matcherOf,
  readFilter,
  reportsPath,
} from '../../../lib/dashboard/connections/connection-filter.js';
import { readQuery } from '../../../lib/report/report-query.js';
import { REASONS } from '../../support/reasons.js';
import { reportWith } from '../../support/report.js';

const hit = { id: 'amqp/flaky', name: 'flaky', type: 'latency', at: 'accept' };

const REPORTS = [
  reportWith({ client: '10.0.0.1:4000', reason: REASONS.bad_header }),
  reportWith({ client: '10.0.0.11:4000', proxy: 'other', decision: 'fault', faults: [hit] }),
  reportWith({ client: '[::1]:4000', isLocal: true, handshake: { ...NOTHING_SAID, product: 'RabbitMQ Java' } }),
  reportWith({ client: null, decision: 'none' }),
];

const FILTERS: readonly ConnectionFilter[] = [
  {},
  ...['bad_header', 'handshake_timeout', 'fault'].map((reason) => ({ reason })),
  ...['10.0.0.1', '10.0.0.1:4000', '10.0.0', '::1', '[::1]', '[::1]:4000', '4000'].map((client) => ({ client })),
  ...['amqp', 'other', 'oth'].map((proxy) => ({ proxy })),
  ...['forward', 'refuse', 'fault', 'none'].map((decision) => ({ decision })),
  ...['flaky', 'amqp/flaky', 'amqp'].map((fault) => ({ fault })),
  ...['true', 'false'].map((healthCheck) => ({ healthCheck })),
  { client: '10.0.0.1', reason: 'bad_header', healthCheck: 'false' },
];

test('each filter matches the same reports as in GET /reports', (t) => {
  for (const filter of FILTERS) {
    const { healthCheck, ...others } = filter;
    const query = { ...others, healthCheck: healthCheck === undefined ? undefined : healthCheck === 'true' };
    t.deepEqual(REPORTS.filter(matcherOf(filter)), REPORTS.filter(readQuery(query).matches), JSON.stringify(filter));
  }
});

test('a product is found by any part of its name, in any case', (t) => {
  t.deepEqual(REPORTS.filter(matcherOf({ product: 'java' })), [REPORTS[2]]);
  t.deepEqual(REPORTS.filter(matcherOf({ product: 'Go' })), []);
});

test('the filter is read from the URL without unknown keys and empty values', (t) => {
  t.deepEqual(readFilter({ reason: 'fault', client: '', view: 'x', healthCheck: 'true' }), {
    reason: 'fault',
    healthCheck: 'true',
  });
});

test('the server is asked with all filters that it has', (t) => {
  const filter = { reason: 'bad_header', client: '[::1]:4', product: 'pika', healthCheck: 'true' };
  t.is(reportsPath(filter, 10), '/reports?reason=bad_header&client=%5B%3A%3A1%5D%3A4&healthCheck=true&limit=10');
});

test('a host is the address without its port', (t) => {
  t.is(hostOf('10.0.0.1:4000'), '10.0.0.1');
  t.is(hostOf('[fe80::1]:4000'), 'fe80::1');
});
