import test from 'ava';
import type { Overview } from '../../../lib/control/overview.js';
import { rate } from '../../../lib/dashboard/now/rates.js';
import { ratesBetween } from '../../../lib/report/rates.js';

const TOTALS = { accepted: 0, ended: 0, forward: 0, refuse: 0, fault: 0, none: 0, healthChecks: 0 };

function overview(
  second: number,
  totals: Partial<Overview['totals']>,
  startedAt = '2026-11-23T05:00:00.000Z',
): Overview {
  const at = new Date(Date.UTC(2026, 10, 23, 6) + second * 1000).toISOString();
  return { at, startedAt, totals: { ...TOTALS, ...totals } } as Overview;
}

test('rates are what was added to the totals, per second of the server', (t) => {
  const rates = ratesBetween(overview(0, { accepted: 100, refuse: 40 }), overview(4, { accepted: 150, refuse: 40 }));
  t.is(rates?.accepted, 12.5);
  t.is(rates?.refuse, 0);
});

test('one overview, two of the same time and two of different runs have no rates', (t) => {
  const now = overview(4, { accepted: 5 });
  t.is(ratesBetween(null, now), null);
  t.is(ratesBetween(now, now), null);
  t.is(ratesBetween(overview(0, { accepted: 900 }, '2026-11-22T00:00:00.000Z'), now), null);
});

test('a rate has one decimal up to 100, and one that is not 0 does not look like 0', (t) => {
  t.deepEqual([0, 0.01, 0.2, 12.54, 99.94, 99.96, 2000.4].map(rate), [
    '0',
    '<0.1',
    '0.2',
    '12.5',
    '99.9',
    '100',
    (2000).toLocaleString(),
  ]);
});
