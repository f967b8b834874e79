import test from 'ava';
import { healthChecksText } from '../../../lib/dashboard/proxies/health-checks-text.js';

test('one answer for all health checks is one line', (t) => {
  t.deepEqual(healthChecksText('local'), ['answered here, without the broker']);
});

test('each rule is a line with its sources, its style and how checks fail', (t) => {
  t.deepEqual(
    healthChecksText([
      { sources: ['10.0.0.0/8', '::1'], answer: 'local', style: 'header_only', failWith: 'rst' },
      { sources: ['10.1.2.3'], answer: 'fail', style: null, failWith: 'silence' },
    ]),
    [
      'header_only from 10.0.0.0/8, ::1: answered here, without the broker',
      'all connections from 10.1.2.3: made to fail with silence',
    ],
  );
});

test('without rules all connections are forwarded', (t) => {
  t.deepEqual(healthChecksText([]), ['forwarded like any other connection']);
});
