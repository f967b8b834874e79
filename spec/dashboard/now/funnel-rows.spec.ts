import test from 'ava';
import type { FunnelStep } from '../../../lib/control/overview.js';
import { funnelRows, leftOutText, percent } from '../../../lib/dashboard/now/funnel-rows.js';

const steps = (...counts: number[]): FunnelStep[] =>
  counts.map((count, nth) => ({ step: nth === 0 ? 'accepted' : 'header', count, medianMs: null }));

test('a step loses those of the step before that did not reach it', (t) => {
  t.deepEqual(
    funnelRows(steps(200, 50, 50, 0, 0)).map(({ share, lost }) => [share, lost]),
    [
      [1, null],
      [0.25, 0.75],
      [0.25, 0],
      [0, 1],
      [0, null],
    ],
  );
});

test('without connections nothing is lost', (t) => {
  t.deepEqual(
    funnelRows(steps(0, 0)).map(({ share, lost }) => [share, lost]),
    [
      [0, null],
      [0, null],
    ],
  );
});

test('a share is not rounded to nothing or to everything', (t) => {
  t.deepEqual([0, 0.001, 0.126, 0.999, 1].map(percent), ['0 %', '<1 %', '13 %', '99 %', '100 %']);
});

test('what is not part of the funnel is said', (t) => {
  t.is(leftOutText({ healthChecks: 0, amqp10: 0, otherProtocols: 0 }), '');
  t.is(
    leftOutText({ healthChecks: 12, amqp10: 1, otherProtocols: 2 }),
    'without 12 health checks, 1 AMQP 1.0 client, 2 clients of other protocols',
  );
});
