import test from 'ava';
import { ratesBetween } from '../../lib/report/rates.js';

const startedAt = '2026-11-23T05:57:07.527Z';
const before = { at: '2026-11-23T06:00:00.000Z', startedAt, totals: { accepted: 10, ended: 4 } };
const after = { at: '2026-11-23T06:00:04.000Z', startedAt, totals: { accepted: 20, ended: 5 } };

test('rates are per second', (t) => t.deepEqual(ratesBetween(before, after), { accepted: 2.5, ended: 0.25 }));

test('there are no rates without an earlier time of the same run', (t) => {
  t.is(ratesBetween(null, after), null);
  t.is(ratesBetween({ ...before, startedAt: '2026-11-23T05:00:00.000Z' }, after), null);
  t.is(ratesBetween(after, after), null);
  t.is(ratesBetween(after, before), null);
});
