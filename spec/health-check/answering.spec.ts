import test from 'ava';
import { answeringOf, type Check } from '../../lib/health-check/answering.js';
import type { HealthChecksInput } from '../../lib/health-check/health-checks.js';
import { parseHealthChecks } from '../../lib/health-check/read-health-checks.js';

const decide = (healthChecks: HealthChecksInput, check: Partial<Check>) =>
  answeringOf(parseHealthChecks(healthChecks))?.decide({
    client: '10.0.0.7:50122',
    isLocal: false,
    style: null,
    isRecognized: () => false,
    ...check,
  });

const [OF_ALL, FAIL] = [['0.0.0.0/0'], { fail: 'rst' }] as const;

test('nothing is to be decided where every connection is forwarded', (t) => {
  t.is(answeringOf('forward'), null);
  t.is(answeringOf([]), null);
});

test('a word is about PROXY LOCAL, and fail also about recognized sources', (t) => {
  t.is(decide('local', { isLocal: true }), 'local');
  t.is(decide('local', { isRecognized: () => true }), 'forward');
  t.deepEqual(decide('fail', { isLocal: true }), FAIL);
  t.deepEqual(decide('fail', { isRecognized: () => true }), FAIL);
  t.is(decide('fail', {}), 'forward');
});

test('the first rule that lists the source counts', (t) => {
  const rules: HealthChecksInput = [
    { sources: ['10.0.0.7'], answer: 'forward' },
    { sources: ['10.0.0.0/8'], answer: 'fail' },
    { sources: OF_ALL, answer: 'local' },
  ];
  t.is(decide(rules, {}), 'forward');
  t.deepEqual(decide(rules, { client: '10.0.0.8:1' }), FAIL);
  t.is(decide(rules, { client: '192.0.2.1:1' }), 'local');
  t.is(decide(rules, { client: '[2001:db8::1]:1' }), 'forward');
});

test('an IPv4 client of a dual-stack listener is in the IPv4 subnet', (t) => {
  t.is(decide([{ sources: ['10.0.0.0/8'], answer: 'local' }], { client: '[::ffff:10.0.0.7]:50122' }), 'local');
});

test('a rule with a style of the first bytes is decided when they are known', (t) => {
  const rules: HealthChecksInput = [
    { sources: OF_ALL, answer: 'fail', style: 'http' },
    { sources: OF_ALL, answer: 'local' },
  ];
  t.is(decide(rules, {}), 'later');
  t.deepEqual(decide(rules, { style: 'http' }), FAIL);
  t.is(decide(rules, { style: 'header_only' }), 'local');
});

test('a rule for PROXY LOCAL is decided at once, and one for another source decides nothing', (t) => {
  const rules: HealthChecksInput = [
    { sources: ['192.0.2.0/24'], answer: 'fail', style: 'http' },
    { sources: OF_ALL, answer: 'local', style: 'proxy_local' },
  ];
  t.is(decide(rules, {}), 'forward');
  t.is(decide(rules, { isLocal: true }), 'local');
});
